import type { Bench } from './bench.ts';
import { type FairnessSizes, fairShares } from './fair-shares.ts';
import { flowTurns } from './flow-turns.ts';
import { type CostFigures, type CostSizes, limitCost } from './limit-cost.ts';
import { type NeighbourFigures, type NeighbourSizes, noisyNeighbour } from './noisy-neighbour.ts';
import { type RebuildFigures, type RebuildSizes, rebuildRun } from './rebuild-run.ts';
import { type ResumeFigures, type ResumeSizes, resumeRuns } from './resume-runs.ts';

/** What is measured. The first of each list gives the figure. */
export interface ControlSizes {
  readonly neighbour: NeighbourSizes;
  readonly neighbourLimits: readonly number[];
  readonly fairness: FairnessSizes;
  readonly cost: readonly CostSizes[];
  /** Runs that wait at one flow. */
  readonly waiting: readonly number[];
  readonly resume: readonly ResumeSizes[];
  readonly rebuild: readonly RebuildSizes[];
}

const FULL: ControlSizes = {
  neighbour: { noisy: 10_000, quiet: 10, visits: 8 },
  // Fewer than the quiet tenant's tasks, so that it waits alone as well.
  neighbourLimits: [2, 1, 4, 8],
  fairness: { tenants: 20, tasks: 100, limit: 8 },
  cost: [
    { runs: 100, tasks: 10, keys: 10, limit: 10 },
    { runs: 1, tasks: 1_000, keys: 10, limit: 10 },
    { runs: 1_000, tasks: 1, keys: 1, limit: 100 },
  ],
  waiting: [100, 1_000, 10_000],
  resume: [
    { runs: 1_000, how: 'hold' },
    { runs: 1_000, how: 'each' },
  ],
  rebuild: [
    { tasks: 10_000, times: 5 },
    { tasks: 10_000, limit: 10, times: 3 },
  ],
};

export type ControlFigures = Awaited<ReturnType<typeof measureControl>>;

/** Aims of the figures that have one. */
const AIMS = { noisy_neighbour_ratio: 1.5, jain: 0.95 };

/** Flow control, resuming and rebuilding: production code in virtual time. */
export const bench: Bench = {
  run: ({ progress }) => measureControl(FULL, progress),
  table: (figures) => tableOf(figures as unknown as ControlFigures),
};

export async function measureControl(sizes: ControlSizes, progress: (line: string) => void) {
  const neighbours: NeighbourFigures[] = [];
  for (const limit of sizes.neighbourLimits) {
    progress(`a noisy neighbour, limit ${limit}`);
    neighbours.push(await noisyNeighbour(limit, sizes.neighbour));
  }
  progress('equal shares');
  const fairness = await fairShares(sizes.fairness);
  const cost: CostFigures[] = [];
  for (const one of sizes.cost) {
    progress(`cost of a limit, ${one.runs} × ${one.tasks} tasks`);
    cost.push(await limitCost(one));
  }
  progress('turns of a flow');
  const flow_turns = sizes.waiting.map(flowTurns);
  const resume: ResumeFigures[] = [];
  for (const one of sizes.resume) {
    progress(`${one.runs} paused runs, ${one.how === 'hold' ? 'by their tenant' : 'each by itself'}`);
    resume.push(await resumeRuns(one));
  }
  const rebuild: RebuildFigures[] = [];
  for (const one of sizes.rebuild) {
    progress(`rebuilding ${one.tasks} tasks${one.limit === undefined ? '' : `, limit ${one.limit}`}`);
    rebuild.push(await rebuildRun(one));
  }
  const neighbour = first(neighbours);
  return {
    noisy_neighbour_ratio: rounded(Math.max(neighbour.mean_ratio, neighbour.max_ratio)),
    jain: rounded(fairness.jain),
    requests_per_admission: first(cost).more.all,
    resume_s: first(resume).resume_s,
    rebuild_ms: first(rebuild).rebuild_ms,
    details: { aims: AIMS, neighbours, fairness, cost, flow_turns, resume, rebuild },
  };
}

function first<T>([one]: readonly T[]): T {
  if (one === undefined) throw new Error('a case is missing');
  return one;
}

const rounded = (ratio: number): number => Math.round(ratio * 1_000) / 1_000;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

function tableOf({ details: { neighbours, fairness, cost, flow_turns, resume, rebuild } }: ControlFigures): string {
  return [
    ...neighbours.map(
      ({ limit, alone, beside, fifo, mean_ratio, max_ratio }) =>
        `noisy neighbour, limit ${limit}: mean ${seconds(alone.mean_ms)} alone, ${seconds(beside.mean_ms)} beside it (${rounded(mean_ratio)} ×); longest ${seconds(alone.max_ms)}, ${seconds(beside.max_ms)} (${rounded(max_ratio)} ×); first come, first served: ${seconds(fifo.mean_ms)}`,
    ),
    `fairness: Jain's index over ${fairness.tenants} tenants ${rounded(fairness.jain)}, in the worst window ${rounded(fairness.jain_of_worst_window)}; ${fairness.fewest} to ${fairness.most} tasks each`,
    ...cost.map(
      ({ runs, tasks_each, keys, limit, without, more, cpu_us_without, cpu_us_with }) =>
        `a limit of ${limit} for each of ${keys} keys, ${runs} × ${tasks_each} tasks: ${more.all} requests per task more than ${without.all} ${JSON.stringify(more)}; CPU ${cpu_us_without} → ${cpu_us_with} µs`,
    ),
    `CPU of a flow's turn: ${flow_turns.map(({ waiting, turn_us }) => `${turn_us} µs with ${waiting} runs in line`).join(', ')}`,
    ...resume.map(
      ({ runs, how, hops_s, cpu_s, requests }) =>
        `${runs} paused runs resumed (${how === 'hold' ? 'their tenant' : 'each by itself'}): ${hops_s} s of hops, ${cpu_s} s of CPU; ${requests.all} requests per run ${JSON.stringify(requests)}`,
    ),
    ...rebuild.map(
      ({ tasks, limit, entries, rebuild_ms, from_snapshot_ms }) =>
        `rebuild of ${tasks} tasks${limit === undefined ? '' : ` behind a limit of ${limit}`} from ${entries} entries: ${rebuild_ms} ms; from its snapshot ${from_snapshot_ms} ms`,
    ),
  ].join('\n');
}
