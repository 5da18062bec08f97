import { once } from 'node:events';
import { cpus } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Bench } from './bench.ts';

/** Operations in one world. */
const BLOCK = 5_000;
const OPERATIONS = 100_000;

interface Done {
  readonly leaks: readonly unknown[];
  readonly block: number;
}

/**
 * Random operations of two tenants that share everything and name each other's things. Each sees exactly what it would see
 * alone, or there is a leak. Worlds are played three times: together, and each tenant by itself.
 */
async function measure(operations: number, seed: number, progress: (line: string) => void) {
  const blocks = Math.ceil(operations / BLOCK);
  const workers = Math.max(1, Math.min(cpus().length - 1, blocks));
  const began = performance.now();
  const leaks: unknown[] = [];
  let next = 0;
  let done = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const worker = new Worker(new URL('./tenants-worker.ts', import.meta.url));
      try {
        while (next < blocks) {
          const block = next++;
          const result = await ask(worker, {
            block,
            seed: seed + block,
            count: Math.min(BLOCK, operations - block * BLOCK),
          });
          leaks.push(...result.leaks);
          done += 1;
          if (done % 10 === 0) progress(`${done * BLOCK} operations, ${leaks.length} leaks`);
        }
      } finally {
        await worker.terminate();
      }
    }),
  );
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  return { operations, seed, leaks: leaks.length, first: leaks[0] ?? null, seconds };
}

async function ask(worker: Worker, task: object): Promise<Done> {
  const over = new AbortController();
  worker.postMessage(task);
  try {
    const [done] = await once(worker, 'message', { signal: over.signal });
    return done;
  } finally {
    over.abort();
  }
}

export const bench: Bench = {
  run: async ({ progress, operations = OPERATIONS, seed = 1 }) => measure(operations, seed, progress),
  table: ({ operations, leaks, seconds }) => `${operations} operations of two tenants: ${leaks} leaks, ${seconds} s`,
};
