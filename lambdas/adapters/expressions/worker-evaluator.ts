import type { ErrorReport } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import type { ExpressionEvaluator, ExpressionJob, ExpressionOutcome } from '../../runtime/expressions-port.ts';
import { defaultWorkerUrl, type ExpressionThread, type Stop, startExpressionThread } from './expression-thread.ts';
import { ExpressionFault, reportFault } from './fault.ts';
import { EXPRESSION_LIMITS } from './limits.ts';
import { measureJson } from './measure-json.ts';
import type { WorkerJob, WorkerOutcome } from './protocol.ts';

export interface WorkerEvaluatorOptions {
  /** Ms that one expression may take; default 1,000. */
  readonly timeoutMs?: number;
  /** Ms that one call may take in all; default 10,000. */
  readonly batchTimeoutMs?: number;
  /** The worker's file; default: `expression-worker.mjs` beside the bundle, `worker.ts` beside the source. */
  readonly workerUrl?: URL;
}

const STOPPED: Record<Stop, (timeoutMs: number) => ExpressionFault> = {
  time: (ms) => new ExpressionFault('expression_timeout', `it takes longer than ${ms} ms`),
  memory: () => new ExpressionFault('expression_out_of_memory', 'it takes more memory than there is for expressions'),
  crash: () => new ExpressionFault('expression_crashed', 'it stopped its worker'),
};
const GIVEN_UP = new ExpressionFault('expression_batch_given_up', 'the expressions before it used up the time of all');

/** What the jobs would bring into the worker; objects that jobs share are counted once. */
function measureBindings(jobs: readonly ExpressionJob[]): Array<ErrorReport | undefined> {
  const sizes = new Map<unknown, number>();
  let total = 0;
  return jobs.map((job) => {
    try {
      let size = 0;
      for (const value of Object.values(job.bindings)) {
        const known = sizes.get(value);
        const measured = known ?? measureJson(value, EXPRESSION_LIMITS.bindings);
        if (known === undefined) {
          sizes.set(value, measured);
          total += measured;
        }
        size += measured;
      }
      if (size > EXPRESSION_LIMITS.bindings || total > EXPRESSION_LIMITS.batchBindings)
        throw new ExpressionFault('expression_value_too_large', 'what it reads ($input, $results) is too large');
      return undefined;
    } catch (error) {
      if (error instanceof ExpressionFault) return reportFault(job.source, error);
      throw error;
    }
  });
}

/**
 * The evaluator in a worker thread of its own. The first expression starts the thread; where there are none, none is started.
 * An expression that takes too long or too much ends the thread and is blamed; those after it go on in a new one.
 */
export function createWorkerEvaluator(
  options: WorkerEvaluatorOptions = {},
): ExpressionEvaluator & { close(): Promise<void> } {
  const timeoutMs = options.timeoutMs ?? EXPRESSION_LIMITS.timeoutMs;
  const batchTimeoutMs = options.batchTimeoutMs ?? EXPRESSION_LIMITS.batchTimeoutMs;
  let thread: ExpressionThread | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  async function runJobs(jobs: readonly WorkerJob[]): Promise<WorkerOutcome[]> {
    const outcomes: WorkerOutcome[] = [];
    const deadline = performance.now() + batchTimeoutMs;
    let kills = 0;
    while (outcomes.length < jobs.length) {
      const budget = deadline - performance.now();
      if (kills >= EXPRESSION_LIMITS.kills || budget <= 0) {
        for (const job of jobs.slice(outcomes.length)) outcomes.push({ error: reportFault(job.source, GIVEN_UP) });
        break;
      }
      if (!thread?.alive) thread = await startExpressionThread(options.workerUrl ?? defaultWorkerUrl(), timeoutMs);
      const { stop } = await thread.run(jobs.slice(outcomes.length), budget, (outcome) => outcomes.push(outcome));
      if (!stop) continue;
      thread = undefined;
      kills += 1;
      const culprit = jobs[outcomes.length];
      if (!culprit) continue;
      const cutShort = stop === 'time' && budget < timeoutMs;
      outcomes.push({ error: reportFault(culprit.source, cutShort ? GIVEN_UP : STOPPED[stop](timeoutMs)) });
    }
    return outcomes;
  }

  /** One call at a time: the thread evaluates one expression at a time anyway, and blame stays clear. */
  function enqueue(jobs: readonly WorkerJob[]): Promise<WorkerOutcome[]> {
    const result = queue.then(() => runJobs(jobs));
    queue = result.catch(() => {});
    return result;
  }

  return {
    async check(source) {
      const [outcome] = await enqueue([{ mode: 'check', source }]);
      if (!outcome || 'json' in outcome) return { ok: true };
      const position = outcome.error.details?.position;
      return { error: outcome.error, position: typeof position === 'number' ? position : 0 };
    },
    async evaluate(jobs) {
      if (jobs.length === 0) return [];
      const refused = measureBindings(jobs);
      const accepted = jobs.filter((_, index) => !refused[index]).map((job) => ({ mode: 'evaluate', ...job }) as const);
      const outcomes = accepted.length > 0 ? await enqueue(accepted) : [];
      let next = 0;
      return jobs.map((_, index): ExpressionOutcome => {
        const refusal = refused[index];
        if (refusal) return { error: refusal };
        const outcome = outcomes[next++];
        if (!outcome) throw new Error('the expression worker left a job out');
        if ('error' in outcome) return outcome;
        const value: Json = JSON.parse(outcome.json);
        return { value };
      });
    },
    async close() {
      await queue;
      await thread?.stop();
      thread = undefined;
    },
  };
}
