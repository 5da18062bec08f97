import { StopSignals } from '../bin/local/stop-signals.ts';
import { bareQueue } from '../test/support/probe/peers/bare-queue.ts';
import { musterRun } from '../test/support/probe/peers/muster-run.ts';
import type { Peer } from '../test/support/probe/peers/peer.ts';
import { stepFunctionsMap } from '../test/support/probe/peers/step-functions-map.ts';
import { startProbeCloud } from '../test/support/probe/probe-cloud.ts';
import { PROBE } from '../test/support/probe/system.ts';
import type { Bench } from './bench.ts';
import { type CpuTimes, cpuTimes } from './cpu-times.ts';
import { median } from './median.ts';
import { fanOut } from './shapes.ts';

const CASES = [100, 1_000, 5_000] as const;
/** The case whose ratios are the bench's headline. */
const HEADLINE = 1_000;
const ROUNDS = 3;

interface Case {
  readonly tasks: number;
  readonly muster_ms: number;
  readonly step_functions_ms: number;
  readonly bare_queue_ms: number;
  /** CPU of one run, by who used it; medians. Absent where there is no /proc. */
  readonly cpu_ms?: Readonly<Record<string, CpuTimes>>;
}

/** 1 → N → 1 no-op tasks: Muster, a Step Functions Map and a bare queue, side by side on one local cloud. */
export const bench: Bench = {
  async run({ progress }) {
    const stop = new StopSignals();
    const cloud = await startProbeCloud(progress, stop.signal);
    stop.signal.addEventListener('abort', () => void cloud.stop().finally(() => process.exit(stop.exitCode)));
    try {
      const concurrency = PROBE.agents[0]?.concurrency ?? 10;
      const muster = await musterRun(cloud.session, (tasks) => fanOut(tasks, 'probe.noop'), CASES);
      const map = await stepFunctionsMap(cloud.session);
      const peers = { muster, step_functions: map, bare_queue: await bareQueue(cloud.session, concurrency) };
      const cases: Case[] = [];
      for (const tasks of CASES) cases.push(await measure(tasks, peers, cloud.endpoint, progress));
      await muster.close();
      map.close();
      const at = cases.find((each) => each.tasks === HEADLINE);
      return {
        cases,
        ratio_over_step_functions: at && hundredths(at.step_functions_ms / at.muster_ms),
        share_of_bare_queue: at && hundredths(at.bare_queue_ms / at.muster_ms),
      };
    } finally {
      await cloud.stop();
    }
  },
  table: ({ cases, ratio_over_step_functions, share_of_bare_queue }) =>
    [
      ...(cases as Case[]).map(
        ({ tasks, muster_ms, step_functions_ms, bare_queue_ms }) =>
          `${String(tasks).padStart(5)} tasks  Muster ${muster_ms} ms (${hundredths(muster_ms / tasks)} a task)  ` +
          `Step Functions ${step_functions_ms} ms  bare queue ${bare_queue_ms} ms`,
      ),
      `at ${HEADLINE}: ${ratio_over_step_functions} × Step Functions' speed, ${share_of_bare_queue} of a bare queue's`,
    ].join('\n'),
};

/** One warm-up of each, then rounds in which each has its turn, so that what else the machine does falls on all. */
async function measure(
  tasks: number,
  peers: Readonly<Record<string, Peer>>,
  endpoint: string,
  progress: (line: string) => void,
): Promise<Case> {
  const times = new Map<string, number[]>();
  const used = new Map<string, CpuTimes[]>();
  for (let round = 0; round <= ROUNDS; round += 1) {
    const said: string[] = [];
    for (const [name, peer] of Object.entries(peers)) {
      const before = cpuTimes(endpoint);
      const ms = await peer.run(tasks);
      const after = cpuTimes(endpoint);
      said.push(`${name} ${Math.round(ms)}`);
      if (round === 0) continue;
      times.set(name, [...(times.get(name) ?? []), ms]);
      if (before && after) {
        const spent = { emulator: after.emulator - before.emulator, lambdas: after.lambdas - before.lambdas };
        used.set(name, [...(used.get(name) ?? []), spent]);
      }
    }
    progress(`${tasks} tasks, ${round === 0 ? 'warm-up' : `round ${round} of ${ROUNDS}`}: ${said.join(' ms, ')} ms`);
  }
  const of = (name: string): number => Math.round(median(times.get(name) ?? []));
  const cpu = [...used].map(([name, all]) => [
    name,
    { emulator: median(all.map((each) => each.emulator)), lambdas: median(all.map((each) => each.lambdas)) },
  ]);
  return {
    tasks,
    muster_ms: of('muster'),
    step_functions_ms: of('step_functions'),
    bare_queue_ms: of('bare_queue'),
    ...(cpu.length > 0 && { cpu_ms: Object.fromEntries(cpu) }),
  };
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;
