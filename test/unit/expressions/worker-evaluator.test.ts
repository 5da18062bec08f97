import { afterAll, describe, expect, test } from '@jest/globals';
import { createWorkerEvaluator } from '../../../lambdas/adapters/expressions/worker-evaluator.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import type { ExpressionJob } from '../../../lambdas/runtime/expressions-port.ts';

const evaluator = createWorkerEvaluator();
afterAll(() => evaluator.close());

const bindings = {
  input: { table: 'flights', rows: [{ x: 1 }, { x: 2 }, { x: 3 }], text: 'a1b22' },
  results: { count: { rows: 20_000 } },
};
const job = (source: string, overrides: Partial<ExpressionJob> = {}): ExpressionJob => ({
  source,
  bindings,
  now: Date.UTC(2026, 0, 2, 3, 4, 5),
  seed: 'run_1/task',
  ...overrides,
});
const outcomeOf = async (source: string, overrides?: Partial<ExpressionJob>) => {
  const [outcome] = await evaluator.evaluate([job(source, overrides)]);
  if (!outcome) throw new Error('no outcome');
  return outcome;
};
const valueFor = async (source: string, overrides?: Partial<ExpressionJob>): Promise<Json> => {
  const outcome = await outcomeOf(source, overrides);
  if ('error' in outcome) throw new Error(outcome.error.message);
  return outcome.value;
};

describe('a good expression', () => {
  test.each<[string, Json]>([
    ['$input.table & "_v" & $string($results.count.rows)', 'flights_v20000'],
    ['$sum($input.rows.x)', 6],
    ['$input.rows[x > 1].x', [2, 3]],
    ['$map($input.rows, function($row, $index) { $row.x * $index })', [0, 2, 6]],
    ['$map([1, 2], $string)', ['1', '2']],
    ['$input.rows{$string(x): x}', { '1': 1, '2': 2, '3': 3 }],
    ['$input.missing ?? "default"', 'default'],
    ['$sort($input.rows, function($a, $b) { $a.x < $b.x }).x', [3, 2, 1]],
    ['null', null],
  ])('%s', async (source, expected) => {
    expect(await valueFor(source)).toEqual(expected);
  });

  test('may use regular expressions, with groups, flags and replacements', async () => {
    expect(await valueFor('$match($input.text, /([a-z])(\\d+)/).{"all": match, "groups": groups}')).toEqual([
      { all: 'a1', groups: ['a', '1'] },
      { all: 'b22', groups: ['b', '22'] },
    ]);
    expect(await valueFor('$replace("ABab", /a(b)/i, "<$1>")')).toBe('<B><b>');
    expect(await valueFor('$split("a, b,c", /,\\s*/)')).toEqual(['a', 'b', 'c']);
    expect(await valueFor('$contains("x\ny", /^y$/m)')).toBe(true);
  });

  test('does not change what the next one of the same call sees', async () => {
    const shared = { input: { list: [3, 1, 2], deep: { a: 1 } } };
    const sources = ['$sort($input.list)', '$input ~> |deep|{"a": 2}|', '$reverse($input.list)', '$input'];
    const outcomes = await evaluator.evaluate(sources.map((source) => job(source, { bindings: shared })));
    expect(outcomes[3]).toEqual({ value: { list: [3, 1, 2], deep: { a: 1 } } });
  });
});

describe('time and chance', () => {
  test('come from the job, so that a replay is exact', async () => {
    expect(await valueFor('$now()')).toBe('2026-01-02T03:04:05.000Z');
    expect(await valueFor('$millis()')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
    expect(await valueFor('$fromMillis($toMillis("10:00", "[H01]:[m01]"))')).toBe('2026-01-02T10:00:00.000Z');
    const dice = '{"one": $random(), "many": $shuffle([1..20]), "two": $random()}';
    expect(await valueFor(dice)).toEqual(await valueFor(dice));
  });

  test('differ with the seed and from draw to draw', async () => {
    const pair = await valueFor('[$random(), $random()]');
    expect(pair).not.toEqual(await valueFor('[$random(), $random()]', { seed: 'another' }));
    expect(new Set(Array.isArray(pair) ? pair : []).size).toBe(2);
  });

  test('are the same in a fresh worker and after other expressions', async () => {
    const fresh = createWorkerEvaluator();
    await valueFor('$random()', { seed: 'before' });
    const [outcome] = await fresh.evaluate([job('$random()')]);
    await fresh.close();
    expect(outcome).toEqual({ value: await valueFor('$random()') });
  });
});

describe('a bad expression', () => {
  test('names itself and says what to do', async () => {
    expect(await outcomeOf('$input.missing')).toEqual({
      error: {
        code: 'expression_undefined',
        class: 'data',
        message: expect.stringContaining('{% $input.missing %}'),
        details: { expression: '$input.missing' },
      },
    });
  });

  test.each([
    ['a half expression', '1 +', { code: 'expression_syntax' }, 3],
    ['$eval', '$eval("1")', { code: 'expression_refused' }, 5],
    ['a backreference', '$match("aa", /(a)\\1/)', { code: 'expression_regex_refused' }, undefined],
    ['a lookahead', '$input ~> /(?=a)b/', { code: 'expression_regex_refused' }, undefined],
    ['an endless expression', 'x'.repeat(8_193), { code: 'expression_too_long' }, undefined],
  ])('is found before it runs: %s', async (_name, source, error, position) => {
    const checked = await evaluator.check(source);
    expect(checked).toMatchObject({ error: { ...error, class: 'data' } });
    if (position !== undefined) expect(checked).toMatchObject({ position });
  });

  test('is told from one that may run', async () => {
    expect(await evaluator.check('$input.rows[x > 1] ~> $count')).toEqual({ ok: true });
  });

  test('does not spoil the others of its call', async () => {
    const outcomes = await evaluator.evaluate([job('1'), job('$error("boom")'), job('2')]);
    expect(outcomes).toMatchObject([{ value: 1 }, { error: { code: 'expression_failed' } }, { value: 2 }]);
  });
});

describe('the worker', () => {
  test('is not started where there is no expression', async () => {
    const idle = createWorkerEvaluator({ workerUrl: new URL('file:///nowhere/worker.mjs') });
    expect(await idle.evaluate([])).toEqual([]);
    await expect(idle.evaluate([job('1')])).rejects.toMatchObject({
      code: 'expression_worker_unavailable',
      class: 'system',
    });
  });

  test('lets calls that overlap take turns', async () => {
    const all = await Promise.all([1, 2, 3].map((number) => valueFor(`${number} * 10`)));
    expect(all).toEqual([10, 20, 30]);
  });
});
