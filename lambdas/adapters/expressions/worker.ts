/*
 * The thread that expressions are evaluated in. It holds no secrets and no handles, and its owner kills it when it
 * takes too long. In a Lambda it lies bundled beside the handler, as `expression-worker.mjs`.
 */
import { parentPort } from 'node:worker_threads';
import { guardBuiltins } from './builtins.ts';
import { installDeterminism } from './determinism.ts';
import { doJob } from './evaluate-job.ts';
import type { WorkerReply, WorkerRequest } from './protocol.ts';

const port = parentPort;
if (!port) throw new Error('expressions/worker.ts runs as a worker thread only');
const reply = (message: WorkerReply): void => port.postMessage(message);

Reflect.deleteProperty(Object.prototype, '__proto__');
await guardBuiltins();
installDeterminism();

port.on('message', async ({ jobs }: WorkerRequest) => {
  for (const [index, job] of jobs.entries()) {
    reply({ kind: 'outcome', index, outcome: await doJob(job) });
    // whatever a failed job left running dies here, before the next one starts
    await new Promise((resolve) => setImmediate(resolve));
  }
});
reply({ kind: 'ready' });
