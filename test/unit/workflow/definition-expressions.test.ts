import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createWorkerEvaluator } from '../../../lambdas/adapters/expressions/worker-evaluator.ts';
import { referencesOf } from '../../../lambdas/workflow/check-reference-tokens.ts';
import { checkDefinition, checkExpressions, listDefinitionExpressions } from '../../../lambdas/workflow/definition.ts';
import { faultOf } from './definition-fault.ts';
import '../../support/property-tests.ts';

const evaluator = createWorkerEvaluator();
afterAll(() => evaluator.close());

const e = (source: string) => `{% ${source} %}`;
const definition = (task: object, more: object = {}) => ({
  name: 'demo',
  tasks: [
    { id: 'parts', type: 'x' },
    { id: 'load-all', type: 'x' },
    { id: 'other', type: 'x' },
    { id: 't', dependsOn: ['parts', 'load-all'], ...('type' in task || 'value' in task ? {} : { type: 'x' }), ...task },
  ],
  ...more,
});

describe('the expressions of a definition', () => {
  test('are found wherever one may stand', () => {
    const { tasks } = checkDefinition({
      name: 'demo',
      tasks: [
        {
          id: 'a',
          type: 'x',
          input: { list: ['plain', e('1')] },
          when: e('2'),
          forEach: { items: e('3') },
          near: e('4'),
          fallback: { type: 'x', input: [e('5')] },
          undo: { type: 'x', input: e('6') },
        },
        { id: 'b', waitFor: { event: 'paid', key: e('7') }, fallback: { value: { deep: e('8') } } },
        { id: 'c', ask: { question: e('9') } },
        { id: 'd', value: [e('10')] },
        { id: 'e', consensus: { vote: e('11') }, dependsOn: ['a'] },
        { id: 'f', type: 'x', description: e('no'), forEach: { items: [e('no: data')] } },
      ],
    });
    const found = [...listDefinitionExpressions({ tasks })];
    expect(found.map(({ taskIndex, field, source }) => [taskIndex, field.join('.'), source])).toEqual([
      [0, 'input.list.1', '1'],
      [0, 'when', '2'],
      [0, 'forEach.items', '3'],
      [0, 'fallback.input.0', '5'],
      [0, 'undo.input', '6'],
      [0, 'near', '4'],
      [1, 'waitFor.key', '7'],
      [1, 'fallback.value.deep', '8'],
      [2, 'ask.question', '9'],
      [3, 'value.0', '10'],
      [4, 'consensus.vote', '11'],
    ]);
  });

  const refusalOf = async (task: object): Promise<unknown> => {
    try {
      await checkExpressions(checkDefinition(definition(task)), (source) => evaluator.check(source));
    } catch (error) {
      return error;
    }
    return undefined;
  };

  test('that end too early are refused with the place where something is missing', async () => {
    expect(await refusalOf({ value: { total: e('$sum($results.parts.amount') } })).toMatchObject({
      code: 'invalid_expression',
      details: { field: 'tasks.3.value.total', character: 27 },
      message: [
        'task "t", value.total: Expected ")" before end of expression (character 27)',
        '  $sum($results.parts.amount',
        '                            ^',
      ].join('\n'),
    });
  });

  test('that go wrong in the middle are refused there, with that line of them', async () => {
    const source = `{\n  "a": 1 2,\n  "b": 3\n}`;
    expect(await refusalOf({ when: e(source) })).toMatchObject({
      details: { field: 'tasks.3.when', character: 12 },
      message: expect.stringMatching(/\(character 12\)\n {4}"a": 1 2,\n {11}\^$/),
    });
  });

  test('that are long are shown in part', async () => {
    const error = await refusalOf({ when: e(`${'1 + '.repeat(100)} foo bar`) });
    expect(error).toMatchObject({ message: expect.stringContaining('\n  …') });
    expect(error).toMatchObject({ message: expect.stringMatching(/^.{0,200}\n.{0,130}\n {63}\^$/s) });
  });

  test('that call what is refused are refused', async () => {
    expect(await refusalOf({ when: e('$eval("1")') })).toMatchObject({ message: expect.stringContaining('$eval') });
  });

  test('that are fine pass, and only they are asked about', async () => {
    const asked: string[] = [];
    const check = (source: string) => {
      asked.push(source);
      return { ok: true } as const;
    };
    await checkExpressions(checkDefinition(definition({ value: ['plain', e('1 + 1')] })), check);
    expect(asked).toEqual(['1 + 1']);
  });
});

describe('an expression', () => {
  const check = (source: string) => () => checkDefinition(definition({ input: e(source) }));

  test.each([
    '$results.parts.amount',
    '$results . parts',
    '$results."load-all"[0]',
    '$results.`load-all`',
    '$results.(parts)',
    '$results.*',
    '$results[0]',
    '$keys($results)',
    '"$results.nobody"',
    "'it''s $results.nobody' & \"\\\"$results.nobody\"",
    '/* $results.nobody */ 1',
    '$match("x", /"/) & "$results.nobody"',
    '$results := {"nobody": 1}; $results.nobody',
    '$map([1], function($results) { $results.nobody })',
    '$foo.$results.parts',
    '$input.anything',
    '$resultsOf.nobody',
  ])('may say %s', (source) => {
    expect(check(source)).not.toThrow();
  });

  test('that reads the result of no task is refused there, and the nearest is offered', () => {
    const fault = faultOf(check('1 + $results.part.amount'));
    expect(fault).toMatchObject({ code: 'unknown_result', field: 'tasks.3.input' });
    expect(fault.message).toBe(
      [
        'task "t", input: it reads the result of "part", which is no task it depends on (did you mean "parts"?) (character 5)',
        '  1 + $results.part.amount',
        '      ^',
      ].join('\n'),
    );
  });

  test.each([
    ['$results.other', 'add it to "dependsOn"'],
    ['$results.load-all', 'names with "-" or "." are quoted: $results."load-all"'],
    ['$results."nobody"', 'which is no task'],
    ['4 / 2 + $results.nobody / 2', 'which is no task'],
    ['$results["parts"]', 'write $results."parts"'],
    ['$lookup($results, "parts") + $results.nobody', 'which is no task'],
  ])('may not say %s: %s', (source, reason) => {
    expect(faultOf(check(source)).message).toContain(reason);
  });

  test('of an undo has no results but its own', () => {
    const undo = (input: string) => () =>
      checkDefinition(definition({ type: 'x', undo: { type: 'x', input: e(input) } }));
    expect(undo('$result.id')).not.toThrow();
    expect(faultOf(undo('$results.parts'))).toMatchObject({ code: 'unknown_result', field: 'tasks.3.undo.input' });
  });

  test('reads only what a closed input schema has', () => {
    const schema = { type: 'object', properties: { table: {} }, additionalProperties: false };
    const closed =
      (source: string, input: object = schema) =>
      () =>
        checkDefinition(definition({ input: e(source) }, { input }));
    expect(closed('$input.table')).not.toThrow();
    expect(closed('$input.tabel', { ...schema, additionalProperties: true })).not.toThrow();
    expect(closed('$input.tabel', { ...schema, patternProperties: { t: {} } })).not.toThrow();
    const fault = faultOf(closed('$input.tabel'));
    expect(fault).toMatchObject({ code: 'unknown_input', field: 'tasks.3.input' });
    expect(fault.message).toContain('did you mean "table"?');
  });
});

describe('the scan of an expression', () => {
  test('never fails, whatever it reads, and finds only what stands there', () => {
    const bits = fc.constantFrom(
      '$results',
      '$input',
      '.',
      'a',
      '"b"',
      "'c'",
      '`d`',
      '[',
      ']',
      '/',
      '*',
      '"',
      ' ',
      '$x',
      ':=',
      '(',
      ')',
      '\\',
      '\n',
      '1',
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 30 }), (parts) => {
        const source = parts.join('');
        for (const { of, name, at } of referencesOf(source)) {
          expect(source.startsWith(`$${of}`, at)).toBe(true);
          expect(source.indexOf(name, at)).toBeGreaterThan(at);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('leaves alone what no evaluator takes', () => {
    expect(referencesOf(`${' '.repeat(10_000)}$results.a`)).toEqual([]);
  });
});
