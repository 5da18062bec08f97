import { type Envelope, isExpired } from '../contracts/envelope.ts';
import { DataError, issuesOf, MusterError } from '../contracts/errors.ts';
import { hotSchema } from '../contracts/hot-schema.ts';
import { TaskAssignment } from '../contracts/task-assignment.ts';
import type { Agent } from './agent.ts';
import type { AgentPorts } from './agent-ports.ts';
import { ComeBack } from './come-back.ts';
import { createHeartbeat } from './heartbeat.ts';
import { keepSecrets } from './known-secrets.ts';
import { createLimiter } from './limiter.ts';
import { decodeMessage } from './message-codec.ts';
import { unpackBody } from './message-pack.ts';
import type { BatchWork } from './queue-handler.ts';
import type { QueueRecord } from './queue-record.ts';
import { stayHidden } from './redelivery.ts';
import { createReporter, type Reporter } from './reporter.ts';
import { handleChannelEvent, readChannelEvent } from './run-channel.ts';
import { runTask } from './run-task.ts';
import { noteRefusal } from './signing/note-refusal.ts';
import { noticesOnBus } from './signing/notices.ts';
import { isRefusal, refusal } from './signing/refusal.ts';
import { signedBus } from './signing/signed-bus.ts';
import { sayAlive } from './signs-of-life.ts';
import { createStats, publishStats } from './stats.ts';
import { createTasksInHand, type Piece } from './tasks-in-hand.ts';
import type { WorkState } from './work-state.ts';

/** Tasks of one invocation at once, however many come packed into its messages. */
const AT_ONCE = 10;
const Assignment = hotSchema(TaskAssignment);

/**
 * What every agent does with a batch from its inbox: open, refuse what is late or malformed, work, report.
 * Messages that came for the first time run together; the tasks of those that were received before run last and alone,
 * so that one that kills the process takes no others along (rule 8).
 */
export function agentWork(agent: Agent, outer: AgentPorts): BatchWork {
  const { confidential } = agent.manifest.channels;
  const bus = signedBus(outer.bus, outer.messageSecurity, confidential);
  const { secrets, logger, update } = keepSecrets(outer);
  const ports = { ...outer, bus, secrets, logger, securityLog: noticesOnBus(agent.manifest.name, bus, logger) };
  const stats = createStats(ports.clock);
  return async (records, invocation) => {
    const own = createReporter(agent.manifest, ports);
    const reporter: Reporter = { ...own, add: (done) => own.add({ ...done, update: update(done.update) }) };
    const inHand = createTasksInHand(ports);
    const heartbeat = createHeartbeat(records, agent.manifest.timeoutSeconds, ports, () =>
      sayAlive(agent.manifest, inHand, stats, ports),
    );
    const failed = new Set<string>();
    let refused = 0;
    try {
      const batch = records.map((record) => ({ record, pieces: unpackBody(record.body).map(inHand.take) }));
      const fresh = batch.filter(({ record }) => record.receiveCount === 1);
      const seenBefore = batch.filter(({ record }) => record.receiveCount > 1);
      const limited = createLimiter(AT_ONCE);
      await Promise.all(
        fresh.map(async ({ record, pieces }) => {
          await Promise.all(pieces.map((piece) => limited(() => workOn(record, piece))));
          heartbeat.done(record);
        }),
      );
      await reporter.flush();
      for (const { record, pieces } of seenBefore) {
        for (const piece of pieces) {
          await workOn(record, piece);
          await reporter.flush();
        }
        heartbeat.done(record);
      }
    } finally {
      heartbeat.stop();
    }
    for (const id of reporter.unsent()) failed.add(id);
    invocation.note({ ...stats.note(), ...(refused > 0 && { messages_refused: refused }) });
    await publishStats(agent.manifest, stats, ports);
    await ports.securityLog.flush();
    return [...failed];

    async function workOn(message: QueueRecord, piece: Piece): Promise<void> {
      const record = { ...message, body: piece.body };
      try {
        await handleRecord(agent, record, reporter, ports, { stats, heartbeat, remainingMs: invocation.remainingMs });
      } catch (error) {
        // Nobody knows whose it is: to try it again, or to park it, would be to do what a stranger wants.
        if (isRefusal(error)) {
          refused += 1;
          return noteRefusal(error, { target: `inbox of ${agent.manifest.name}` }, ports);
        }
        failed.add(record.id);
        if (error instanceof ComeBack) {
          if (error.seconds !== undefined) stayHidden(message, error.seconds);
          const { message: reason, cause } = error;
          ports.logger.info('message waits in the inbox', {
            message: message.id,
            seconds: error.seconds,
            reason,
            cause,
          });
        } else if (error instanceof MusterError && error.class === 'data') {
          ports.logger.warn('message refused', { message: record.id, code: error.code, reason: error.message });
        } else {
          ports.logger.error('message goes back to the inbox', { message: record.id, error });
        }
      } finally {
        inHand.done(piece);
      }
    }
  };
}

async function handleRecord(
  agent: Agent,
  record: QueueRecord,
  reporter: Reporter,
  ports: AgentPorts,
  work: WorkState,
): Promise<void> {
  const event = await readChannelEvent(record.body, ports.messageSecurity);
  if (event) return handleChannelEvent(agent, event, ports, work);
  const envelope = await decodeMessage(record.body, ports, agent.manifest.name);
  const assignment = assignmentOf(agent, envelope);
  const now = ports.clock.now();
  const { header } = envelope;
  if (isExpired(header, now) || (header.not_after !== undefined && now >= header.not_after)) {
    // The coordinator's timer has given this attempt up, or will: a late start would only race its successor.
    ports.logger.warn('attempt is void, not worked on', {
      run_id: assignment.run_id,
      task_id: assignment.task.task_id,
    });
    return;
  }
  await runTask(agent, header, assignment, record, reporter, ports, work);
}

function assignmentOf(agent: Agent, envelope: Envelope): TaskAssignment {
  const { header } = envelope;
  if (header.message_type !== 'task_assignment') {
    throw new DataError(
      'unknown_message_type',
      `${agent.manifest.name} takes task_assignment, not ${header.message_type}`,
    );
  }
  if (header.sender !== 'coordinator') throw refusal('sender_not_permitted', 'may not assign tasks', header);
  if (header.attempt === undefined) throw new DataError('bad_message', 'an assignment needs its attempt number');
  const parsed = Assignment.safeParse(envelope.payload);
  if (!parsed.success) throw new DataError('bad_message', `task_assignment: ${issuesOf(parsed.error)}`);
  return parsed.data;
}
