import { Worker } from 'node:worker_threads';
import { playHistory } from '../history.ts';
import type { Mutant } from './mutant.ts';
import type { Hunt, MutantReport } from './mutant-worker.ts';
import { MUTANTS } from './mutants.ts';
import { planFor } from './plan-for.ts';

/** What came of one planted bug. */
export interface Hunted {
  readonly id: string;
  readonly rule: Mutant['rule'];
  readonly caught: boolean;
  /** Played until it was caught, or given up on. */
  readonly histories: number;
  /** What was violated, or why it was not caught. */
  readonly what: string;
}

/** Plants each bug, one at a time and each in a thread of its own, and looks whether the simulation finds it. */
export async function huntPlanted(
  jobs: number,
  onHunted: (hunted: Hunted) => void,
  only?: readonly string[],
): Promise<Hunted[]> {
  const queue = MUTANTS.filter(({ id }) => !only || only.includes(id));
  const all: Hunted[] = [];
  const work = async (): Promise<void> => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const hunted = await hunt(mutant, 1);
      all.push(hunted);
      onHunted(hunted);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return all.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function hunt(mutant: Mutant, from: number): Promise<Hunted> {
  const { id, rule } = mutant;
  const report = await inWorker({ mutant, from });
  if ('error' in report) return { id, rule, caught: false, histories: 0, what: report.error };
  if ('missedAfter' in report) return { id, rule, caught: false, histories: report.missedAfter, what: mutant.why };
  const { seed, histories, violation } = report.caught;
  // It is the bug that was caught only if the same history is clean without it.
  const { violations } = await playHistory(planFor(mutant, seed));
  if (violations.length > 0) return hunt(mutant, histories + 1);
  return { id, rule, caught: true, histories, what: violation };
}

async function inWorker(wanted: Hunt): Promise<MutantReport> {
  const worker = new Worker(new URL('./mutant-worker.ts', import.meta.url));
  try {
    const report = Promise.withResolvers<MutantReport>();
    worker.once('message', report.resolve);
    worker.once('error', (error) => report.resolve({ error: String(error) }));
    worker.once('exit', () => report.resolve({ error: 'the thread ended' }));
    worker.postMessage(wanted);
    return await report.promise;
  } finally {
    await worker.terminate();
  }
}
