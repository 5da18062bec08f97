import type { Peer } from '../test/support/probe/peers/peer.ts';
import { type CpuTimes, cpuTimes } from './cpu-times.ts';
import { median } from './median.ts';

const ROUNDS = 3;

export interface Result {
  readonly ms: number;
  /** CPU of one run. Absent where there is no /proc. */
  readonly cpu?: CpuTimes;
}

/**
 * Each peer does the same number of tasks: once to warm up, then in rounds in which each has its turn, so that what
 * else the machine does falls on all of them alike. Answers medians.
 */
export async function race(
  tasks: number,
  peers: Readonly<Record<string, Peer>>,
  endpoint: string,
  progress: (line: string) => void,
): Promise<Readonly<Record<string, Result>>> {
  const runs: Record<string, Result[]> = {};
  for (let round = 0; round <= ROUNDS; round += 1) {
    const said: string[] = [];
    for (const [name, peer] of Object.entries(peers)) {
      const result = await once(peer, tasks, endpoint);
      said.push(`${name} ${Math.round(result.ms)} ms`);
      if (round > 0) runs[name] = [...(runs[name] ?? []), result];
    }
    progress(`${tasks} tasks, ${round === 0 ? 'warm-up' : `round ${round} of ${ROUNDS}`}: ${said.join(', ')}`);
  }
  return Object.fromEntries(Object.entries(runs).map(([name, results]) => [name, medianOf(results)]));
}

async function once(peer: Peer, tasks: number, endpoint: string): Promise<Result> {
  const before = cpuTimes(endpoint);
  const ms = await peer.run(tasks);
  const after = cpuTimes(endpoint);
  if (!before || !after) return { ms };
  // A worker that the emulator has retired in the meantime takes its figures along.
  const spent = (who: keyof CpuTimes): number => Math.max(0, after[who] - before[who]);
  return { ms, cpu: { emulator: spent('emulator'), lambdas: spent('lambdas') } };
}

function medianOf(results: readonly Result[]): Result {
  const ms = Math.round(median(results.map((result) => result.ms)));
  const cpu = results.flatMap((result) => result.cpu ?? []);
  if (cpu.length < results.length) return { ms };
  return {
    ms,
    cpu: { emulator: median(cpu.map(({ emulator }) => emulator)), lambdas: median(cpu.map(({ lambdas }) => lambdas)) },
  };
}
