import { bareQueue } from '../test/support/probe/peers/bare-queue.ts';
import { musterRun } from '../test/support/probe/peers/muster-run.ts';
import { stepFunctionsMap } from '../test/support/probe/peers/step-functions-map.ts';
import type { ProbeCloud } from '../test/support/probe/probe-cloud.ts';
import { PROBE } from '../test/support/probe/system.ts';
import type { Bench } from './bench.ts';
import type { CpuTimes } from './cpu-times.ts';
import { onProbeCloud } from './on-probe-cloud.ts';
import { type Result, race } from './race.ts';
import { fanOut } from './shapes.ts';

const CASES = [100, 1_000, 5_000] as const;
/** The case that the ratios are of. */
const HEADLINE = 1_000;
/** The bare queue gets as many Lambdas at once as the agent. */
const CONCURRENCY = PROBE.agents[0]?.concurrency ?? 10;

interface Case {
  readonly tasks: number;
  readonly muster_ms: number;
  readonly step_functions_ms: number;
  readonly bare_queue_ms: number;
  /** The same peers with a Lambda that logs nothing; only in the headline case. */
  readonly silent_peers?: { readonly step_functions_ms: number; readonly bare_queue_ms: number };
  readonly cpu_ms?: Readonly<Record<string, CpuTimes | undefined>>;
}

/** 1 → N → 1 no-op tasks: Muster, a Step Functions Map and a bare queue, side by side on one local cloud. */
export const bench: Bench = {
  run: ({ progress }) => onProbeCloud(progress, (cloud) => compare(cloud, progress)),
  table: ({ cases, ratio_over_step_functions, share_of_bare_queue, per_task_growth }) =>
    [
      ...(cases as Case[]).map(
        ({ tasks, muster_ms, step_functions_ms, bare_queue_ms }) =>
          `${String(tasks).padStart(5)} tasks  Muster ${muster_ms} ms  Step Functions ${step_functions_ms} ms  bare queue ${bare_queue_ms} ms`,
      ),
      `at ${HEADLINE}: ${ratio_over_step_functions} × the speed of Step Functions, ${share_of_bare_queue} of a bare queue's`,
      `ms per task at 5,000 over 1,000: ${per_task_growth}`,
    ].join('\n'),
};

async function compare({ session, endpoint }: ProbeCloud, progress: (line: string) => void) {
  progress('making the peers');
  const muster = await musterRun(session, (tasks) => fanOut(tasks, 'probe.noop'), CASES);
  const map = await stepFunctionsMap(session, 'a line');
  const silentMap = await stepFunctionsMap(session, 'nothing');
  const peers = { muster, step_functions: map, bare_queue: await bareQueue(session, 'a line', CONCURRENCY) };
  const silent = { silent_map: silentMap, silent_queue: await bareQueue(session, 'nothing', CONCURRENCY) };
  const cases: Case[] = [];
  for (const tasks of CASES) {
    const run = tasks === HEADLINE ? { ...peers, ...silent } : peers;
    cases.push(caseOf(tasks, await race(tasks, run, endpoint, progress)));
  }
  await muster.close();
  for (const each of [map, silentMap]) each.close();
  const at = (tasks: number): Case | undefined => cases.find((each) => each.tasks === tasks);
  const [headline, largest] = [at(HEADLINE), at(5_000)];
  if (!headline || !largest) throw new Error('a case is missing');
  return {
    cases,
    ratio_over_step_functions: hundredths(headline.step_functions_ms / headline.muster_ms),
    share_of_bare_queue: hundredths(headline.bare_queue_ms / headline.muster_ms),
    per_task_growth: hundredths(largest.muster_ms / largest.tasks / (headline.muster_ms / headline.tasks)),
  };
}

function caseOf(tasks: number, results: Readonly<Record<string, Result>>): Case {
  const ms = (name: string): number => results[name]?.ms ?? Number.NaN;
  const cpu = Object.entries(results).map(([name, result]) => [name, result.cpu]);
  return {
    tasks,
    muster_ms: ms('muster'),
    step_functions_ms: ms('step_functions'),
    bare_queue_ms: ms('bare_queue'),
    ...('silent_map' in results && {
      silent_peers: { step_functions_ms: ms('silent_map'), bare_queue_ms: ms('silent_queue') },
    }),
    ...(results.muster?.cpu && { cpu_ms: Object.fromEntries(cpu) }),
  };
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;
