import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import type { RunView, TaskViewStatus } from '../../lambdas/views/run-view.ts';
import { readRun } from './run-reader.ts';
import type { Session } from './session.ts';

/** How an agent did in the runs looked at. */
export interface AgentFigures {
  readonly agent: string;
  readonly tasks_completed: number;
  readonly failed_attempts: number;
  readonly error_rate: number;
  /** Milliseconds that 95 of 100 tasks stayed under. */
  readonly p95_ms: number;
  readonly queue_depth: number;
}

/** What the CloudWatch dashboard shows in AWS, read from journals and queues. */
export interface Figures {
  readonly runs: Readonly<Record<RunView['status'], number>>;
  readonly tasks_completed: number;
  readonly tasks_failed: number;
  readonly failed_attempts: number;
  readonly p95_ms: number;
  readonly queues: Readonly<Record<string, number>>;
  readonly parked: number;
  readonly agents: readonly AgentFigures[];
}

const RUNS_LOOKED_AT = 25;
const PLATFORM_QUEUES = {
  intake: 'IntakeQueueUrl',
  coordinator: 'CoordinatorQueueUrl',
  timers: 'TimersQueueUrl',
} as const;

/** The value that `share` of the values do not exceed, by the nearest rank; 0 when there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** The figures of the default tenant's latest runs. */
export async function readFigures(session: Session): Promise<Figures> {
  const records = await session.runs.list(DEFAULT_TENANT, RUNS_LOOKED_AT);
  const views = await Promise.all(records.map(({ runId }) => readRun(session, runId)));
  const agents = await session.registry.agents();
  const depths = await Promise.all(
    agents.map(async ({ name, inbox }) => {
      const lanes = await Promise.all([inbox.express, inbox.standard].map((url) => messagesIn(session, url)));
      return [name, lanes.reduce((sum, messages) => sum + messages, 0)] as const;
    }),
  );
  const platform = await Promise.all(
    Object.entries(PLATFORM_QUEUES).flatMap(([name, output]) => {
      const url = session.target.outputs[output];
      return url ? [messagesIn(session, url).then((depth) => [name, depth] as const)] : [];
    }),
  );
  return {
    ...summarise(views, new Map(depths)),
    queues: Object.fromEntries(platform),
    parked: (await session.parkingLot.list(1_000)).length,
  };
}

/** Messages that wait in a queue, and those that somebody works on. */
async function messagesIn({ queues }: Pick<Session, 'queues'>, queueUrl: string): Promise<number> {
  const { waiting, inFlight } = await queues.depth(queueUrl);
  return waiting + inFlight;
}

/** The figures in a number of runs. */
export function summarise(
  views: readonly RunView[],
  depths: ReadonlyMap<string, number>,
): Omit<Figures, 'queues' | 'parked'> {
  const runs = { requested: 0, running: 0, compensating: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const view of views) runs[view.status] += 1;
  const tasks = views.flatMap((view) => view.tasks);
  // What no agent did is a wait, for an event or a person, and says nothing of how quick the agents are.
  const durations = (of: typeof tasks) =>
    of.flatMap(({ agent, durationMs }) => (agent === undefined || durationMs === undefined ? [] : [durationMs]));
  const attempts = tasks.flatMap((task) => task.attempts);
  const failuresOf = (agent: string) =>
    attempts.filter((one) => one.agent === agent && (one.outcome === 'failed' || one.outcome === 'silent')).length;
  const inState = (status: TaskViewStatus) => tasks.filter((task) => task.status === status).length;
  return {
    runs,
    tasks_completed: inState('completed'),
    tasks_failed: inState('failed'),
    failed_attempts: views.reduce((sum, view) => sum + view.failedAttempts, 0),
    p95_ms: percentile(durations(tasks), 0.95),
    agents: [...depths.keys()].sort().map((agent) => {
      const done = tasks.filter((task) => task.agent === agent && task.status === 'completed');
      const failed = failuresOf(agent);
      return {
        agent,
        tasks_completed: done.length,
        failed_attempts: failed,
        error_rate: done.length + failed === 0 ? 0 : failed / (done.length + failed),
        p95_ms: percentile(durations(done), 0.95),
        queue_depth: depths.get(agent) ?? 0,
      };
    }),
  };
}
