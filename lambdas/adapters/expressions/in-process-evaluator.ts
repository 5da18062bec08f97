import type { ExpressionEvaluator, ExpressionOutcome } from '../../runtime/expressions-port.ts';
import { guardBuiltins } from './builtins.ts';
import { random, steadyDate } from './determinism.ts';
import { doJob, type Realm } from './evaluate-job.ts';

/** A thread that others use as well: their clock and dice stay what they are. */
const SHARED_THREAD: Realm = {
  enter(start) {
    const real = globalThis.Date;
    globalThis.Date = steadyDate(real);
    try {
      return start();
    } finally {
      globalThis.Date = real;
    }
  },
  functions: { random, shuffle },
};

/** As jsonata's own, from our dice. */
function shuffle(items: unknown): unknown {
  if (!Array.isArray(items) || items.length <= 1) return items;
  const result: unknown[] = new Array(items.length);
  for (const [index, item] of items.entries()) {
    const place = Math.floor(random() * (index + 1));
    if (index !== place) result[index] = result[place];
    result[place] = item;
  }
  return result;
}

let guarded: Promise<void> | undefined;

/**
 * The evaluator without its thread, for tests: the same expressions, bounds and answers, but nothing that could stop one
 * that blocks. It shares jsonata's functions with the whole process, so it evaluates one expression at a time.
 */
export function inProcessEvaluator(): ExpressionEvaluator {
  async function ready(): Promise<void> {
    guarded ??= guardBuiltins();
    await guarded;
  }
  return {
    check: (source) =>
      inTurn(async () => {
        await ready();
        const outcome = await doJob({ mode: 'check', source });
        if ('json' in outcome) return { ok: true };
        const position = outcome.error.details?.position;
        return { error: outcome.error, position: typeof position === 'number' ? position : 0 };
      }),
    evaluate: (jobs) =>
      inTurn(async () => {
        await ready();
        const outcomes: ExpressionOutcome[] = [];
        for (const job of jobs) {
          const outcome = await doJob({ mode: 'evaluate', ...job }, SHARED_THREAD);
          outcomes.push('error' in outcome ? outcome : { value: JSON.parse(outcome.json) });
        }
        return outcomes;
      }),
  };
}

/** One for all evaluators: the guard, the clock and the dice of the evaluation are this module's. */
let line: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = line.then(work);
  line = result.catch(() => {});
  return result;
}
