import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { type RunView, taskCounts } from '../views/run-view.ts';
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
      const lanes = await Promise.all([inbox.express, inbox.standard].map((url) => session.queues.depth(url)));
      return [name, lanes.reduce((sum, depth) => sum + depth, 0)] as const;
    }),
  );
  const platform = await Promise.all(
    Object.entries(PLATFORM_QUEUES).flatMap(([name, output]) => {
      const url = session.target.outputs[output];
      return url ? [session.queues.depth(url).then((depth) => [name, depth] as const)] : [];
    }),
  );
  return {
    ...summarise(views, new Map(depths)),
    queues: Object.fromEntries(platform),
    parked: (await session.parkingLot.list(1_000)).length,
  };
}

/** The figures in a number of runs. */
export function summarise(
  views: readonly RunView[],
  depths: ReadonlyMap<string, number>,
): Omit<Figures, 'queues' | 'parked'> {
  const runs = { requested: 0, running: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const view of views) runs[view.status] += 1;
  const tasks = views.flatMap((view) => view.tasks);
  const durations = (of: typeof tasks) =>
    of.flatMap((task) => (task.durationMs === undefined ? [] : [task.durationMs]));
  const failuresOf = (agent: string) =>
    tasks.reduce((sum, task) => sum + (task.agent === agent ? failedAttempts(task) : 0), 0);
  return {
    runs,
    tasks_completed: views.reduce((sum, view) => sum + taskCounts(view).completed, 0),
    tasks_failed: views.reduce((sum, view) => sum + taskCounts(view).failed, 0),
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

function failedAttempts({ status, attempt }: RunView['tasks'][number]): number {
  if (attempt === 0) return 0;
  return status === 'failed' || status === 'retrying' ? attempt : attempt - 1;
}
