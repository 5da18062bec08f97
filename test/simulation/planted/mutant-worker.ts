import { parentPort } from 'node:worker_threads';
import type { Mutant } from './mutant.ts';
import { plant } from './plant.ts';

export interface Catch {
  readonly seed: number;
  readonly histories: number;
  readonly violation: string;
}
export type MutantReport = { readonly caught: Catch } | { readonly missedAfter: number } | { readonly error: string };

Error.stackTraceLimit = 0;

/** Plants one bug into this thread's copy of the production code, and plays until it shows. */
async function hunt({ mutant, from }: Hunt): Promise<MutantReport> {
  const wasLoaded = plant(mutant);
  const { playHistory } = await import('../history.ts');
  const { planFor } = await import('./plan-for.ts');
  if (!wasLoaded()) return { error: `lambdas/${mutant.file} is not part of what the simulation plays` };
  const { within = 400 } = mutant;
  for (let histories = from; histories <= within; histories += 1) {
    const seed = 1_000_000 + histories;
    try {
      const { violations } = await playHistory(planFor(mutant, seed));
      const [violation] = violations;
      if (violation !== undefined) return { caught: { seed, histories, violation } };
    } catch (error) {
      return { caught: { seed, histories, violation: `the history could not be played: ${String(error)}` } };
    }
  }
  return { missedAfter: within };
}

/** Which bug, and the number of the first history to play. */
export interface Hunt {
  readonly mutant: Mutant;
  readonly from: number;
}

parentPort?.once('message', (wanted: Hunt) => {
  hunt(wanted).then(
    (report) => parentPort?.postMessage(report),
    (error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) }),
  );
});
