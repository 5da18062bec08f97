import type { Header } from '../../contracts/envelope.ts';
import { ForkRun, StartRun } from '../../contracts/messages.ts';
import { DEFAULT_TENANT } from '../../contracts/names.ts';
import { Priority, type PriorityLevel } from '../../contracts/priority.ts';
import { isFlowId } from '../../flow/flow-identity.ts';
import { encodeMessage } from '../../runtime/message-codec.ts';
import type { Blobs, Clock, Ids, Logger, Queues, RunRecord, Runs } from '../../runtime/ports.ts';
import type { MessageSecurity } from '../../runtime/signing/message-security.ts';

export interface SweepPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly runs: Runs;
  readonly blobs: Blobs;
  readonly messageSecurity: Pick<MessageSecurity, 'sign' | 'encrypt'>;
  readonly queues: Queues;
  readonly coordinatorQueue: string;
}

/** Runs looked at per sweep; more wait a minute. */
const MOST_RUNS = 1_000;
const AT_ONCE = 20;
const LEAST_WAIT_MS = 60_000;
const TTL_SECONDS = 1_209_600;

export interface Swept {
  readonly woken: number;
  readonly restarted: number;
  readonly forgotten: number;
  readonly failed: number;
}
type Outcome = keyof Swept;

/**
 * Pokes every run whose wake time has passed (rule 3: losing any single message only delays). A run that was never
 * begun is started again from what intake stored, past its lifecycle: that can't be started twice, but the coordinator
 * keeps the deadline by itself, and a lifecycle that comes late only brings its token.
 * A run that fails does not keep the others from being woken.
 */
export async function sweep(ports: SweepPorts): Promise<Swept> {
  const swept = { woken: 0, restarted: 0, forgotten: 0, failed: 0 };
  const overdue = await ports.runs.overdue(ports.clock.now(), MOST_RUNS);
  for (let from = 0; from < overdue.length; from += AT_ONCE) {
    const outcomes = await Promise.all(overdue.slice(from, from + AT_ONCE).map((runId) => poke(runId, ports)));
    for (const outcome of outcomes) swept[outcome]++;
  }
  ports.logger.info('sweep', swept);
  return swept;
}

async function poke(runId: string, ports: SweepPorts): Promise<Outcome> {
  try {
    if (isFlowId(runId)) return await wakeFlow(runId, ports);
    const run = await ports.runs.get(runId);
    if (!run) return await forget(runId, ports);
    return run.status === 'requested' && run.start ? await restart(run, run.start, ports) : await wake(run, ports);
  } catch (error) {
    ports.logger.error('run could not be woken; the next sweep tries again', { run_id: runId, error });
    return 'failed';
  }
}

/** Intake writes the wake row first: a crash right after it leaves a row without a run. */
async function forget(runId: string, ports: SweepPorts): Promise<Outcome> {
  await ports.runs.setWake(runId, undefined);
  return 'forgotten';
}

/** An ended run may still owe something; what keeps its row is for the coordinator to say, who knows whether it goes on. */
async function wake(run: RunRecord, ports: SweepPorts): Promise<Outcome> {
  const about = { tenant: run.tenant, correlation_id: run.correlationId, priority: Priority.normal };
  const header = headerOf('wake_run', about, ports);
  await send(run.runId, await encodeMessage({ header, payload: { run_id: run.runId } }, ports), ports);
  return 'woken';
}

/** A flow's row stays as it is: the flow itself sets the next, or none when it rests. */
async function wakeFlow(flowId: string, ports: SweepPorts): Promise<Outcome> {
  const about = { tenant: DEFAULT_TENANT, correlation_id: flowId, priority: Priority.normal };
  const header = headerOf('wake_flow', about, ports);
  await send(flowId, await encodeMessage({ header, payload: { flow_id: flowId } }, ports), ports);
  return 'woken';
}

/** Each try waits as long as the run is old, so a start that can't succeed is tried ever more rarely. */
async function restart(run: RunRecord, stored: NonNullable<RunRecord['start']>, ports: SweepPorts): Promise<Outcome> {
  const now = ports.clock.now();
  const payload = await ports.blobs.get(stored);
  // A fork has no start of its own: it begins where another run stood.
  const fork = ForkRun.safeParse(payload).data;
  const header = fork
    ? headerOf('fork_run', fork.request, ports)
    : headerOf('start_run', StartRun.parse(payload).request, ports);
  await ports.runs.setWake(run.runId, now + Math.max(LEAST_WAIT_MS, now - run.requestedAt));
  await send(run.runId, await encodeMessage({ header, payload }, ports), ports);
  return 'restarted';
}

async function send(runId: string, body: string, ports: SweepPorts): Promise<void> {
  await ports.queues.send(ports.coordinatorQueue, [{ body, groupId: runId, deduplicationId: ports.ids.uuid() }]);
}

function headerOf(
  type: 'wake_run' | 'start_run' | 'fork_run' | 'wake_flow',
  about: { tenant: string; correlation_id: string; priority: PriorityLevel },
  { clock, ids }: SweepPorts,
): Header {
  return {
    message_id: ids.uuid(),
    correlation_id: about.correlation_id,
    timestamp: new Date(clock.now()).toISOString(),
    sender: 'sweeper',
    receiver: 'coordinator',
    message_type: type,
    priority: about.priority,
    ttl: TTL_SECONDS,
    tenant: about.tenant,
    schema_version: 1,
  };
}
