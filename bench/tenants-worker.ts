import { parentPort } from 'node:worker_threads';
import { leaksOf } from '../test/support/tenancy/two-tenants.ts';

interface Task {
  readonly block: number;
  readonly seed: number;
  readonly count: number;
}

parentPort?.on('message', ({ block, seed, count }: Task) => {
  leaksOf(seed, count).then(
    (leaks) => parentPort?.postMessage({ block, leaks }),
    (error: unknown) => {
      throw error;
    },
  );
});
