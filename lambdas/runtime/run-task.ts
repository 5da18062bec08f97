import type * as z from 'zod';
import type { ResultValue } from '../contracts/blob.ts';
import type { Header } from '../contracts/envelope.ts';
import {
  DataError,
  type ErrorReport,
  issuesOf,
  NonRecoverableError,
  RecoverableError,
  reportOf,
} from '../contracts/errors.ts';
import type { Json } from '../contracts/json.ts';
import { LIMITS } from '../contracts/limits.ts';
import type { TaskAssignment, TaskUpdate } from '../contracts/messages.ts';
import type { Usage } from '../contracts/usage.ts';
import type { Agent } from './agent.ts';
import { createContext } from './agent-context.ts';
import type { AgentPorts } from './agent-ports.ts';
import { type Done, type Outcome, withClaim } from './claim-work.ts';
import { ComeBack } from './come-back.ts';
import { Delegated } from './delegated.ts';
import type { QueueRecord } from './queue-record.ts';
import type { Reporter } from './reporter.ts';
import { unknownOutcome } from './unknown-outcome.ts';
import type { WorkState } from './work-state.ts';

type Effects = Agent['manifest']['effects'];

/** Time kept back of an invocation for the report. */
const REPORT_RESERVE_MS = 2_000;

/**
 * Works on one task and adds its outcome to the report: a result, the tasks that it waits for, or, whatever the agent
 * throws, a classified failure.
 * @throws ComeBack when nothing can be told yet
 */
export async function runTask(
  agent: Agent,
  header: Header,
  assignment: TaskAssignment,
  record: QueueRecord,
  reporter: Reporter,
  ports: AgentPorts,
  work: WorkState,
): Promise<void> {
  const started = ports.clock.now();
  const attempt = header.attempt ?? 1;
  const { task_id } = assignment.task;
  const add = (update: TaskUpdate): void => {
    reporter.add({ recordId: record.id, assignment: header, runId: assignment.run_id, update });
    const { status, usage } = update;
    const more = { ...(usage && { usd: usage.usd }), waits: status === 'delegated' };
    work.stats.record(ports.clock.now() - started, status !== 'failed', more);
  };
  let usageOf = (): Usage | undefined => undefined;
  const told = () => {
    const usage = usageOf();
    return { task_id, attempt, duration_ms: ports.clock.now() - started, ...(usage && { usage }) };
  };
  try {
    const { result, tasks } = await perform(agent, header, assignment, record, reporter, ports, work, (usage) => {
      usageOf = usage;
    });
    add({ status: 'completed', ...told(), result, ...(tasks.length > 0 && { tasks: [...tasks] }) });
  } catch (thrown) {
    if (thrown instanceof ComeBack) throw thrown;
    if (thrown instanceof Delegated) {
      const waitsFor = thrown.tasks.map(({ id }) => id);
      ports.logger.info('task goes to wait', { run_id: assignment.run_id, task_id, attempt, for: waitsFor });
      add({ status: 'delegated', ...told(), tasks: [...thrown.tasks] });
      return;
    }
    const error: ErrorReport = reportOf(thrown);
    ports.logger.warn('task failed', { run_id: assignment.run_id, task_id, attempt, error: thrown });
    add({ status: 'failed', ...told(), error });
  }
}

async function perform(
  agent: Agent,
  header: Header,
  assignment: TaskAssignment,
  record: QueueRecord,
  reporter: Reporter,
  ports: AgentPorts,
  work: WorkState,
  opened: (usage: () => Usage | undefined) => void,
): Promise<Outcome> {
  const { task_type: type, inputs } = assignment.task;
  const capability = Object.hasOwn(agent.manifest.capabilities, type) ? agent.manifest.capabilities[type] : undefined;
  const handle = agent.tasks[type];
  if (!capability || !handle) {
    throw new NonRecoverableError('no_such_capability', `${agent.manifest.name} cannot do ${type}`);
  }
  const input = capability.input.safeParse(inputs);
  if (!input.success) throw new DataError('invalid_input', `${type} input: ${issuesOf(input.error)}`);

  const now = ports.clock.now();
  const limits = [header.not_after ?? Number.POSITIVE_INFINITY, now + agent.manifest.timeoutSeconds * 1_000];
  const deadline = Math.min(...limits, now + work.remainingMs() - REPORT_RESERVE_MS);
  const attempt = createContext(agent, header, assignment, record, deadline, ports, work);
  const { context, abilities, added, close } = attempt;
  opened(abilities.usage);
  const { effects } = agent.manifest;
  try {
    const run = async (): Promise<Done> => {
      // Looking its claim up may have taken all of its time; a signal that has gone off already never does again.
      if (context.signal.aborted)
        throw new RecoverableError('timeout', 'no time was left to begin; the agent did nothing');
      const answer = await abilities.run(() =>
        untilDeadline(() => handle(input.data, context), context.signal, effects),
      );
      return { value: checked(() => capability.output.safeParse(answer), type, effects), tasks: [...added] };
    };
    const store = (value: Json): Promise<ResultValue> => resultOf(value, header.tenant, ports);
    if (effects === 'outside') {
      await reporter.flush();
      return await withClaim({ agent, header, assignment, record, deadline, work: run, store }, ports);
    }
    const { value, tasks } = await run();
    return { result: await store(value), tasks };
  } catch (error) {
    attempt.abandon();
    throw error;
  } finally {
    await close();
  }
}

/** Lets go of work that overruns; the signal has told it to stop, but nobody can make it. */
async function untilDeadline<T>(work: () => T | Promise<T>, signal: AbortSignal, effects: Effects): Promise<T> {
  const overrun = Promise.withResolvers<never>();
  const onAbort = (): void => overrun.reject(overrunError(effects));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([Promise.resolve().then(work), overrun.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** What is let go of may still take effect: where that matters, nobody knows how it ended (rule 6). */
function overrunError(effects: Effects): RecoverableError | NonRecoverableError {
  const message = 'the agent did not finish in time; raise timeoutSeconds or split the task';
  if (effects !== 'outside') return new RecoverableError('timeout', message);
  return unknownOutcome(message);
}

/**
 * What the work answered, as JSON. Work with outside effects has been done by then: whatever is wrong with its answer,
 * no other agent may do it again for a better one.
 */
function checked(parse: () => z.ZodSafeParseResult<unknown>, type: string, effects: Effects): Json {
  try {
    const output = parse();
    if (!output.success) throw new NonRecoverableError('invalid_output', `${type} output: ${issuesOf(output.error)}`);
    return toJson(output.data);
  } catch (error) {
    if (effects !== 'outside') throw error;
    throw unknownOutcome(error instanceof Error ? error.message : String(error));
  }
}

/** Drops `undefined` fields, which JSON can't carry. */
function toJson(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json);
}

async function resultOf(value: Json, tenant: string, ports: AgentPorts): Promise<ResultValue> {
  const small = JSON.stringify(value).length <= LIMITS.inlineResult;
  return small ? { value } : { ref: await ports.blobs.put(tenant, value) };
}
