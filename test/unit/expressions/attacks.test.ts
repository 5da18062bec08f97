import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, describe, expect, test } from '@jest/globals';
import { BUILTINS } from '../../../lambdas/adapters/expressions/builtins.ts';
import { createWorkerEvaluator } from '../../../lambdas/adapters/expressions/worker-evaluator.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';

/** So patient that every bound but time is met first, on a busy machine as well. */
const patient = createWorkerEvaluator({ timeoutMs: 60_000, batchTimeoutMs: 60_000 });
const impatient = createWorkerEvaluator();
afterAll(() => Promise.all([patient.close(), impatient.close()]));

const attack = (sources: readonly string[], input: Json = { a: 1 }, evaluator = patient) =>
  evaluator.evaluate(sources.map((source) => ({ source, bindings: { input }, now: 0, seed: 's' })));

describe('an attack ends as a data error', () => {
  test.each([
    ['endless tail recursion', '($f := function() { $f() }; $f())', 'expression_too_many_steps'],
    ['endless recursion', '($f := function($x) { $f($x) + 1 }; $f(1))', 'expression_too_deep'],
    ['a string that doubles', '($f := function($x) { $f($x & $x) }; $f("a"))', 'expression_value_too_large'],
    ['a huge range', '[1..1e9]', 'expression_value_too_large'],
    ['ranges of ranges', '[1..100000].([1..100000])', 'expression_out_of_memory'],
    ['arrays that pile up', '$map([1..50000], function() { [1..100000] })', 'expression_out_of_memory'],
    ['a huge padding', '$pad("a", 500000000)', 'expression_value_too_large'],
    [
      'a replacement that explodes',
      '$replace($pad("", 400000, "a"), "a", $pad("", 400000, "b"))',
      'expression_value_too_large',
    ],
    ['a join that explodes', '$join([1..100].$pad("", 400000, "a"))', 'expression_value_too_large'],
    [
      'an array that holds itself ten times, ten times over',
      '$string($reduce([1..12], function($a, $b) { [[$a],[$a],[$a],[$a],[$a],[$a],[$a],[$a],[$a],[$a]] }, ["lol"]))',
      'expression_value_too_large',
    ],
    ['a long text to read as a date', '$toMillis($pad("", 100000, "1"), "[Y]")', 'expression_value_too_large'],
    ['a date of endless width', '$fromMillis(0, "[Y0001,1000000000]")', 'expression_value_too_large'],
    ['$eval', '$eval("1")', 'expression_refused'],
    ['$eval by another name', '($e := $eval; $e("1"))', 'expression_refused'],
    ['the constructor', '$input.constructor', 'expression_undefined'],
    ["a function's constructor", '$sum.constructor', 'expression_undefined'],
    ['a looked-up constructor', '$lookup($input, "constructor")', 'expression_undefined'],
    ['the prototype', '$input.__proto__', 'expression_undefined'],
    ['a prototype of its own', '{"__proto__": {"admin": true}}', 'expression_value_refused'],
    ['a function as result', '[$sum]', 'expression_value_refused'],
    ['infinity', '1/0', 'expression_value_refused'],
    ['a result that is too large', '$pad("", 300000, "a")', 'expression_value_too_large'],
  ])('%s', async (_name, source, code) => {
    const [outcome] = await attack([source]);
    expect(outcome).toMatchObject({ error: { code, class: 'data' } });
  });

  test('a quadratic built-in', async () => {
    expect(await attack(['$distinct([1..100000])'], null, impatient)).toMatchObject([
      { error: { code: 'expression_timeout', class: 'data' } },
    ]);
  });

  test('a catastrophic regular expression matches in linear time instead', async () => {
    expect(await attack(['$contains($pad("", 50000, "a") & "!", /^(a+)+$/)', '$contains("aaa", /^(a+)+$/)'])).toEqual([
      { value: false },
      { value: true },
    ]);
  });

  test('data that poses as a function is refused before it reaches the worker', async () => {
    const forged = { _jsonata_lambda: true, body: { type: 'variable', value: 'eval' }, arguments: [] };
    expect(await attack(['$input.f()', '1'], { f: forged })).toMatchObject([
      { error: { code: 'expression_value_refused' } },
      { error: { code: 'expression_value_refused' } },
    ]);
  });

  test('an input too large for the worker is refused', async () => {
    expect(await attack(['$input.x'], { x: 'y'.repeat(4_000_001) })).toMatchObject([
      { error: { code: 'expression_value_too_large' } },
    ]);
  });
});

describe('while an attack runs', () => {
  test("the caller's thread goes on with its work", async () => {
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 10);
    await attack(['$distinct([1..100000])'], null, impatient);
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(5);
  });

  test('innocent expressions before and after it get their values', async () => {
    const hungry = '[1..100000].([1..100000])';
    const outcomes = await attack(['1', '$distinct([1..100000])', '2', hungry, '3'], null, impatient);
    expect(outcomes).toMatchObject([
      { value: 1 },
      { error: { code: 'expression_timeout' } },
      { value: 2 },
      { error: { code: expect.stringMatching(/out_of_memory|timeout/) } },
      { value: 3 },
    ]);
  });

  test('a call that wears out three workers is given up, and the next call works', async () => {
    const outcomes = await attack([...Array<string>(3).fill('[1..100000].([1..100000])'), '1']);
    expect(outcomes[3]).toMatchObject({ error: { code: 'expression_batch_given_up', class: 'data' } });
    expect(await attack(['1'])).toEqual([{ value: 1 }]);
  });
});

test('every built-in function of the installed jsonata is guarded', () => {
  const file = createRequire(import.meta.url).resolve('jsonata');
  const bound = [...readFileSync(file, 'utf8').matchAll(/staticFrame\.bind\('(\w+)'/g)].map((match) => match[1] ?? '');
  expect(bound.length).toBeGreaterThan(50);
  expect(new Set(BUILTINS)).toEqual(new Set(bound));
});
