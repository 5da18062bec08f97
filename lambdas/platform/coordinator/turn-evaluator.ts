import { SystemError } from '../../contracts/errors.ts';
import type { ExpressionEvaluator, ExpressionJob, ExpressionOutcome } from '../../runtime/expressions-port.ts';
import type { Clock } from '../../runtime/ports.ts';

/** A turn begins no more evaluations once so much time went into them: the coordinator's own is short. */
const BUDGET_MS = 5_000;

/** The evaluator's own words for expressions that took too long. */
const SLOW = ['expression_timeout', 'expression_batch_given_up'];

interface Call {
  readonly jobs: readonly ExpressionJob[];
  resolve(outcomes: ExpressionOutcome[]): void;
  reject(error: unknown): void;
}

/**
 * Evaluates for one turn: calls that come at the same time, or while one is under way, go to the evaluator together; and
 * when slow ones have used up the turn's time, what is left fails (rule 14: a bad expression fails its task, never the
 * turn).
 */
export function createTurnEvaluator(
  evaluator: ExpressionEvaluator,
  clock: Clock,
): Pick<ExpressionEvaluator, 'evaluate'> {
  let waiting: Call[] = [];
  let busy = false;
  let spentMs = 0;
  let slow = false;

  async function work(): Promise<void> {
    busy = true;
    await Promise.resolve();
    while (waiting.length > 0) {
      const calls = waiting;
      waiting = [];
      try {
        const jobs = calls.flatMap((call) => call.jobs);
        const began = clock.now();
        if (spentMs > BUDGET_MS && !slow) throw pausedError();
        const outcomes = spentMs > BUDGET_MS ? jobs.map(givenUp) : await evaluator.evaluate(jobs);
        spentMs += clock.now() - began;
        slow ||= outcomes.some((outcome) => 'error' in outcome && SLOW.includes(outcome.error.code));
        let next = 0;
        for (const call of calls) {
          call.resolve(outcomes.slice(next, next + call.jobs.length));
          next += call.jobs.length;
        }
      } catch (error) {
        for (const call of calls) call.reject(error);
      }
    }
    busy = false;
  }

  return {
    evaluate: (jobs) =>
      new Promise((resolve, reject) => {
        waiting.push({ jobs, resolve, reject });
        if (!busy) void work();
      }),
  };
}

/** The time went by without any expression being slow: this process stood still. The turn comes again. */
function pausedError(): SystemError {
  return new SystemError('turn_out_of_time', 'the time for expressions went by while none of them was slow');
}

function givenUp(): ExpressionOutcome {
  const message = 'the expressions of other tasks used up the time of this turn; make them simpler';
  return { error: { code: 'expression_batch_given_up', class: 'data', message } };
}
