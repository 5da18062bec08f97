import { describe, expect, test } from '@jest/globals';
import { virtualClock } from '../../../../lambdas/adapters/memory/virtual-clock.ts';
import { createTurnEvaluator } from '../../../../lambdas/platform/coordinator/turn-evaluator.ts';
import type { ExpressionJob, ExpressionOutcome } from '../../../../lambdas/runtime/expressions-port.ts';

const job = (source: string): ExpressionJob => ({ source, bindings: {}, now: 0, seed: 's' });

/** Each call takes `ms`; an expression called "slow" is one. */
function setUp(ms: number) {
  const clock = virtualClock();
  const calls: string[][] = [];
  const evaluate = async (jobs: readonly ExpressionJob[]): Promise<ExpressionOutcome[]> => {
    calls.push(jobs.map(({ source }) => source));
    clock.advance(ms);
    return jobs.map(({ source }) =>
      source === 'slow'
        ? { error: { code: 'expression_timeout', class: 'data', message: 'it takes too long' } }
        : { value: source },
    );
  };
  const evaluator = createTurnEvaluator({ evaluate, check: async () => ({ ok: true }) }, clock);
  return { calls, evaluator };
}

describe('the evaluator of a turn', () => {
  test('takes calls that come together to the evaluator together, and gives each its own answers', async () => {
    const { calls, evaluator } = setUp(1);
    const answers = await Promise.all([evaluator.evaluate([job('a'), job('b')]), evaluator.evaluate([job('c')])]);
    expect(calls).toEqual([['a', 'b', 'c']]);
    expect(answers).toEqual([[{ value: 'a' }, { value: 'b' }], [{ value: 'c' }]]);
  });

  test('lets what is left fail when slow expressions have used up the time', async () => {
    const { calls, evaluator } = setUp(6_000);
    await evaluator.evaluate([job('slow')]);
    expect(await evaluator.evaluate([job('late')])).toMatchObject([{ error: { code: 'expression_batch_given_up' } }]);
    expect(calls).toEqual([['slow']]);
  });

  test('lets the turn come again when the time went by and no expression was slow', async () => {
    const { evaluator } = setUp(6_000);
    await evaluator.evaluate([job('quick')]);
    await expect(evaluator.evaluate([job('late')])).rejects.toMatchObject({
      code: 'turn_out_of_time',
      class: 'system',
    });
  });
});
