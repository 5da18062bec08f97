import { parentPort, workerData } from 'node:worker_threads';
import { plant } from '../planted/plant.ts';
import type { StepsMutant } from './mutants.ts';

Error.stackTraceLimit = 0;

/** Crashes after which a planted bug counts as missed. */
const WITHIN = 40_000;

/** Plants one bug into this thread's copy of the production code, and plays until it shows. */
async function hunt(mutant: StepsMutant): Promise<string | undefined> {
  const wasLoaded = plant(mutant);
  const { campaign } = await import('./campaign.ts');
  if (!wasLoaded()) throw new Error(`lambdas/${mutant.file} is not part of what the simulation plays`);
  const { violations } = await campaign({ seed: 1, crashes: WITHIN, stopAtFirst: true });
  const [first] = violations;
  return first && `${first.seed}: ${first.what[0]}`;
}

const mutant: StepsMutant = workerData;
hunt(mutant).then(
  (caught) => parentPort?.postMessage({ caught }),
  (error: unknown) => parentPort?.postMessage({ error: String(error) }),
);
