import { afterAll, describe, expect, test } from '@jest/globals';
import { inProcessEvaluator } from '../../../lambdas/adapters/expressions/in-process-evaluator.ts';
import { createWorkerEvaluator } from '../../../lambdas/adapters/expressions/worker-evaluator.ts';
import type { ExpressionJob } from '../../../lambdas/runtime/expressions-port.ts';

const production = createWorkerEvaluator();
const inProcess = inProcessEvaluator();
afterAll(() => production.close());

const job = (source: string): ExpressionJob => ({
  source,
  bindings: { input: { list: [3, 1, 2], text: 'abc', orders: [{ sum: 10 }, { sum: 5 }] }, results: { a: { n: 1 } } },
  now: Date.UTC(2026, 2, 4, 5, 6, 7),
  seed: 'run/task',
});

const SOURCES = [
  '$input.list[0] + $results.a.n',
  '$sum($input.orders.sum)',
  '$map($input.list, function($n) { $n * 2 })',
  '$now()',
  '$now("[Y0001]-[M01]")',
  '$millis()',
  '$toMillis("10:30", "[H01]:[m01]")',
  '$random()',
  '[$random(), $random(), $shuffle([1..20])]',
  '$shuffle($input.list)',
  '$match($input.text, /b./)',
  '$nothing',
  '1 +',
  '$error("no")',
  '$eval("1")',
  '($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(5000))',
];

describe('the evaluator without a thread', () => {
  test('answers what the one in production does', async () => {
    const jobs = SOURCES.map(job);
    expect(await inProcess.evaluate(jobs)).toEqual(await production.evaluate(jobs));
  });

  test('finds the same faults before anything runs', async () => {
    for (const source of SOURCES) expect(await inProcess.check(source)).toEqual(await production.check(source));
  });

  test('leaves the clock and the dice of everybody else alone', async () => {
    const { now } = Date;
    const before = Date.now();
    const evaluating = inProcess.evaluate([job('[$now(), $random()]')]);
    expect(Date.now()).toBeGreaterThanOrEqual(before);
    await evaluating;
    expect(Date.now).toBe(now);
  });
});
