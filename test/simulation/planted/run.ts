import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { playHistory } from '../history.ts';
import { planOfSeed } from '../plan-of-seed.ts';
import type { Hunt, MutantReport } from './mutant-worker.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

/** What came of one planted bug. */
export interface Hunted {
  readonly id: string;
  readonly rule: Mutant['rule'];
  readonly caught: boolean;
  readonly histories: number;
  readonly what: string;
}

/** Plants each bug and looks whether the simulation finds it: `npm run sim` for bugs. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, only: { type: 'string' }, jobs: { type: 'string', default: String(availableParallelism()) } },
  });
  const wanted = values.only?.split(',');
  const queue = MUTANTS.filter(({ id }) => !wanted || wanted.includes(id));
  const hunted: Hunted[] = [];
  const work = async (): Promise<void> => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const result = await hunt(mutant);
      hunted.push(result);
      if (!values.json) process.stdout.write(`${result.caught ? 'caught' : 'MISSED'} ${result.id} (rule ${result.rule}) after ${result.histories}: ${result.what.slice(0, 160)}\n`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  hunted.sort((a, b) => (a.id < b.id ? -1 : 1));
  const missed = hunted.filter(({ caught }) => !caught);
  if (values.json) process.stdout.write(`${JSON.stringify({ planted: hunted.length, caught: hunted.length - missed.length, hunted })}\n`);
  else process.stdout.write(`${hunted.length - missed.length} of ${hunted.length} planted bugs caught\n`);
  return missed.length > 0 ? 1 : 0;
}

async function hunt(mutant: Mutant, from = 1): Promise<Hunted> {
  const { id, rule } = mutant;
  const report = await inWorker({ mutant, from });
  if ('error' in report) return { id, rule, caught: false, histories: 0, what: report.error };
  if ('missedAfter' in report) return { id, rule, caught: false, histories: report.missedAfter, what: mutant.why };
  const { seed, histories, violation } = report.caught;
  // It is the bug that was caught only if the same history is clean without it.
  const { violations } = await playHistory({ ...planOfSeed(seed, mutant.faults), strength: 1 });
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

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
