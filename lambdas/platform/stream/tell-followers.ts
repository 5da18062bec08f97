import { ALL_TENANTS } from '../../contracts/control.ts';
import { DataError } from '../../contracts/errors.ts';
import { agentTopic, METRICS_TOPIC, runTopic, type StreamRecord, type Topic } from '../../contracts/stream.ts';
import type { BatchWork } from '../../runtime/queue-handler.ts';
import { isGenuine } from '../../runtime/signing/genuine-event.ts';
import { runIdOf } from '../../workflow/run-identity.ts';
import { agentOf, frameOf, tokenFrame } from './event-frames.ts';
import { figuresOf, figuresRecord } from './figures.ts';
import { createLogWriter, type MakeRecords } from './log-writer.ts';
import { noteImpostor } from './note-impostor.ts';
import { openResult } from './open-result.ts';
import { push } from './push.ts';
import { readMessage, type Told, tenantOf } from './read-message.ts';
import type { WritePorts } from './stream-ports.ts';

interface Target {
  readonly tenant: string;
  readonly topic: Topic;
}
/** What was said for one topic, and the messages that said it. */
interface Part extends Target {
  readonly told: Told[];
  readonly messages: Set<string>;
}

/** What tenants may know of the agents that they share; the rest tells of others' work. */
const FOR_TENANTS = new Set(['agent_health', 'breaker_changed']);

/**
 * Takes what happened from its queue, numbers it in the log of every topic that somebody follows, and tells those who do.
 * What nobody follows leaves no trace. A message that can't be read, or that its sender has not signed, is refused and gone:
 * it would hold up its group.
 */
export function createTeller(ports: WritePorts): BatchWork {
  const write = createLogWriter(ports.log, ports.clock);

  return async (records, invocation) => {
    const failed = new Set<string>();
    const parts = new Map<string, Part>();
    let refused = 0;
    for (const record of records) {
      try {
        if (!(await isGenuine(record.body, 'stream', ports))) {
          refused += 1;
          continue;
        }
        for (const told of await readMessage(record, ports))
          for (const target of await targetsOf(told, ports)) {
            const key = `${target.tenant} ${target.topic}`;
            const part: Part = parts.get(key) ?? { ...target, told: [], messages: new Set() };
            parts.set(key, part);
            part.told.push(told);
            part.messages.add(record.id);
          }
      } catch (error) {
        if (error instanceof DataError) {
          refused += 1;
          noteImpostor(error, record.body, ports);
          ports.logger.warn('message to the stream refused', { message: record.id, code: error.code, error });
        } else {
          failed.add(record.id);
          ports.logger.error('message to the stream comes back', { message: record.id, error });
        }
      }
    }
    let followers = 0;
    await Promise.all(
      [...parts.values()].map(async ({ tenant, topic, told, messages }) => {
        try {
          const written = await write(tenant, topic, await recordsFor(topic, tenant, told, ports));
          followers += await push(tenant, topic, written, ports);
        } catch (error) {
          ports.logger.error('a topic could not be written and comes back', { tenant, topic, error });
          for (const id of messages) failed.add(id);
        }
      }),
    );
    invocation.note({ topics: parts.size, followers, refused });
    await ports.securityLog.flush();
    return [...failed];
  };
}

/** Whom an event concerns, as far as anybody follows it. */
async function targetsOf(told: Told, ports: Pick<WritePorts, 'watches'>): Promise<Target[]> {
  if ('tokens' in told) {
    const { tenant, run_id } = told.tokens;
    const topic = runTopic(run_id);
    return (await ports.watches.isWatched(tenant, topic)) ? [{ tenant, topic }] : [];
  }
  const { event } = told;
  const tenant = tenantOf(event);
  const agent = agentOf(event);
  const targets: Target[] = [];
  const run = runConcerned(told);
  if (tenant !== undefined && run !== undefined) {
    const topic = runTopic(run);
    if (await ports.watches.isWatched(tenant, topic)) targets.push({ tenant, topic });
  }
  for (const target of await ports.watches.shared()) {
    const isTheirs =
      target.tenant === ALL_TENANTS ||
      target.tenant === tenant ||
      (tenant === undefined && FOR_TENANTS.has(event.name));
    if (!isTheirs) continue;
    if (
      target.topic === METRICS_TOPIC
        ? isFigure(told, target)
        : agent !== undefined && target.topic === agentTopic(agent)
    )
      targets.push(target);
  }
  return targets;
}

/** Tenants' figures are of their own work; the platform's are also of the agents. */
function isFigure({ event }: Extract<Told, { event: unknown }>, { tenant }: Target): boolean {
  if (figuresOf(event) !== undefined) return true;
  return tenant === ALL_TENANTS && tenantOf(event) === undefined;
}

/** A rejected request has no run, but whoever asked knows which it would have been. */
function runConcerned({ event }: Extract<Told, { event: unknown }>): string | undefined {
  if (event.name === 'workflow_rejected') return runIdOf(event.detail.tenant, event.detail.request_id);
  return 'workflow_id' in event.detail ? event.detail.workflow_id : undefined;
}

async function recordsFor(
  topic: Topic,
  tenant: string,
  told: readonly Told[],
  ports: Pick<WritePorts, 'blobs' | 'clock'>,
): Promise<MakeRecords> {
  if (topic === METRICS_TOPIC) return (last, isWritten) => metrics(last, isWritten, told, ports.clock.now());
  const isRun = topic.startsWith('run:');
  const records: StreamRecord[] = [];
  for (const one of told) {
    if ('tokens' in one) records.push({ id: one.id, body: tokenFrame(one.tokens) });
    else {
      const body = await frameOf(one.event, (result) => openResult(result, tenant, ports.blobs));
      // The end of a run is not the end of its agent.
      if (isRun || body.type === 'data') records.push({ id: one.id, body });
    }
  }
  return () => records;
}

function metrics(
  last: StreamRecord | undefined,
  isWritten: (id: string) => boolean,
  told: readonly Told[],
  now: number,
): StreamRecord[] {
  const records: StreamRecord[] = [];
  let before = last;
  for (const one of told) {
    if (!('event' in one) || isWritten(one.id)) continue;
    before = figuresRecord(before, one, new Date(now).toISOString());
    records.push(before);
  }
  return records;
}
