import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { SystemError } from '../../contracts/errors.ts';
import { EXPRESSION_LIMITS } from './limits.ts';
import type { WorkerJob, WorkerOutcome, WorkerReply, WorkerRequest } from './protocol.ts';

/** Why a thread stopped before it had done its jobs. */
export type Stop = 'time' | 'memory' | 'crash';

/** One worker thread. After a {@link Stop} it is gone. */
export interface ExpressionThread {
  /** Hands over outcomes in order as they come; answers how many came, and why no more did. */
  run(
    jobs: readonly WorkerJob[],
    budgetMs: number,
    onOutcome: (outcome: WorkerOutcome) => void,
  ): Promise<{ done: number; stop?: Stop }>;
  /** False once it has stopped, whatever the reason. */
  readonly alive: boolean;
  stop(): Promise<void>;
}

/** In a Lambda the bundle beside index.mjs; from sources the TypeScript file itself. */
export function defaultWorkerUrl(): URL {
  const source = new URL('./worker.ts', import.meta.url);
  return existsSync(source) ? source : new URL('./expression-worker.mjs', import.meta.url);
}

const unavailable = (why: string) =>
  new SystemError('expression_worker_unavailable', `the expression worker did not start: ${why}`);

/** @throws SystemError `expression_worker_unavailable` */
export async function startExpressionThread(url: URL, timeoutMs: number): Promise<ExpressionThread> {
  const worker = new Worker(url, {
    env: {},
    execArgv: [],
    name: 'expressions',
    resourceLimits: { maxOldGenerationSizeMb: EXPRESSION_LIMITS.heapMb, maxYoungGenerationSizeMb: 16 },
  });
  let listen: (reply: WorkerReply) => void = () => {};
  let fail: (stop: Stop, why: string) => void = () => {};
  worker.on('message', (reply: WorkerReply) => listen(reply));
  worker.on('error', (error: Error & { code?: string }) =>
    fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crash', error.message),
  );
  let alive = true;
  worker.on('exit', (code) => {
    alive = false;
    fail('crash', `it exited with ${code}`);
  });

  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(unavailable(`nothing heard for ${EXPRESSION_LIMITS.startMs} ms`));
      void worker.terminate();
    }, EXPRESSION_LIMITS.startMs);
    listen = () => {
      clearTimeout(timer);
      resolve();
    };
    fail = (_stop, why) => {
      clearTimeout(timer);
      reject(unavailable(why));
    };
  });
  worker.unref();

  return {
    get alive() {
      return alive;
    },
    async run(jobs, budgetMs, onOutcome) {
      let done = 0;
      const deadline = performance.now() + budgetMs;
      worker.ref();
      const stop = await new Promise<Stop | undefined>((resolve) => {
        let timer: NodeJS.Timeout;
        const arm = (): void => {
          const seen = done;
          timer = setTimeout(
            // answers may wait behind this timer when the main thread was busy or frozen: let them in first
            () => setImmediate(() => done === seen && resolve('time')),
            Math.max(0, Math.min(timeoutMs, deadline - performance.now())),
          );
        };
        fail = (why) => {
          clearTimeout(timer);
          resolve(why);
        };
        listen = (reply) => {
          if (reply.kind !== 'outcome') return;
          clearTimeout(timer);
          done += 1;
          onOutcome(reply.outcome);
          if (done === jobs.length) resolve(undefined);
          else arm();
        };
        arm();
        worker.postMessage({ jobs } satisfies WorkerRequest);
      });
      listen = () => {};
      fail = () => {};
      if (stop) await worker.terminate();
      else worker.unref();
      return stop ? { done, stop } : { done };
    },
    async stop() {
      await worker.terminate();
    },
  };
}
