import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../../lambdas/contracts/json.ts';
import { fillTemplate, hasExpressions, listExpressions } from '../../../lambdas/workflow/expressions.ts';

const template = {
  table: '{% $input.table %}',
  limits: [1, '{%$results.count.rows%}', 'up to {% not an expression %}'],
  '{% key %}': 'keys are never expressions',
};

describe('expressions in a template', () => {
  test('are the strings that are exactly {% … %}, each with its path', () => {
    expect(listExpressions(template)).toEqual([
      { path: ['table'], source: '$input.table' },
      { path: ['limits', 1], source: '$results.count.rows' },
    ]);
  });

  test.each([' {% a %}', '{% a %} ', '{%}', '{% a', 'a %}', '{ % a %}', ''])('%j is plain data', (text) => {
    expect(hasExpressions(text)).toBe(false);
    expect(fillTemplate(text, [])).toBe(text);
  });

  test('may span lines, and the whole template may be one', () => {
    expect(listExpressions('{% (\n $a\n) %}')).toEqual([{ path: [], source: '(\n $a\n)' }]);
  });

  test('are replaced by values of any type, in document order', () => {
    expect(fillTemplate(template, ['flights', { n: 2 }])).toEqual({
      ...template,
      table: 'flights',
      limits: [1, { n: 2 }, 'up to {% not an expression %}'],
    });
  });

  test('that come in as values stay data: nobody injects code through a result', () => {
    expect(fillTemplate(['{% $input %}'], ['{% $eval("1") %}'])).toEqual(['{% $eval("1") %}']);
  });

  test('must get one value each', () => {
    expect(() => fillTemplate(template, ['flights'])).toThrow('2 expressions, 1 values');
    expect(() => fillTemplate(template, ['a', 'b', 'c'])).toThrow('2 expressions, 3 values');
  });

  test('are looked for 200 levels deep; deeper templates are refused', () => {
    const nested = (depth: number): Json => (depth === 0 ? '{% 1 %}' : [nested(depth - 1)]);
    expect(hasExpressions(nested(200))).toBe(true);
    expect(() => hasExpressions(nested(201))).toThrow('nested at most 200 deep');
  });

  test('do not exist in data without the mark, and filling leaves such data as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const data: Json = JSON.parse(JSON.stringify(value));
        fc.pre(!JSON.stringify(data).includes('{%'));
        expect(hasExpressions(data)).toBe(false);
        expect(fillTemplate(data, [])).toEqual(data);
      }),
    );
  });
});
