import { describe, expect, test } from '@jest/globals';
import { DataError } from '../../../../lambdas/contracts/errors.ts';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import { aggregate } from '../../../../lambdas/systems/task-agents/aggregate/aggregate.ts';
import { harmonize } from '../../../../lambdas/systems/task-agents/aggregate/harmonize.ts';
import { AggregateInput } from '../../../../lambdas/systems/task-agents/aggregate/shapes.ts';

const MADE = { run: `run_${'a'.repeat(40)}`, task: 'answer', at: Date.UTC(2026, 0, 1) };
const put = (answers: Record<string, Json>, more: object = {}) =>
  aggregate(AggregateInput.parse({ answers, ...more }), MADE);
const said = (value: Json, confidence = 0.5) => ({ total: value, confidence });

describe('harmonize: one form, whoever said it', () => {
  test.each<[string, Json, Array<{ field: string; value: Json }>]>([
    [
      'names are in snake_case',
      { invoiceNumber: 'A-1', 'Total amount': 3 },
      [
        { field: 'invoice_number', value: 'A-1' },
        { field: 'total_amount', value: 3 },
      ],
    ],
    ['numbers are numbers', { total: ' 1,234.50 ' }, [{ field: 'total', value: 1234.5 }]],
    ['but a number with a leading zero is a name', { zip: '01234' }, [{ field: 'zip', value: '01234' }]],
    ['days are ISO dates', { due: '3 May 2026' }, [{ field: 'due', value: '2026-05-03' }]],
    [
      'a text in which a day stands keeps its words',
      { due: 'not before 3 May 2026' },
      [{ field: 'due', value: 'not before 3 May 2026' }],
    ],
    ['what is nothing is no claim', { a: '', b: null, c: '  ' }, []],
    ['a bare value has a name as well', 7, [{ field: 'value', value: 7 }]],
    [
      'what is about the answer is no part of it',
      { label_text: 'x', made_by: { agent: 'a' }, confidence: 0.3 },
      [{ field: 'label_text', value: 'x' }],
    ],
  ])('%s', (_, answer, claims) => {
    expect(harmonize('p', answer).map(({ field, value }) => ({ field, value }))).toEqual(claims);
  });
});

describe('conflicts: the winner, and losers that stay visible', () => {
  test('the surer voice wins, and the other is there with what spoke against it', () => {
    const { answer, conflicts } = put({ a: said(100, 0.9), b: said(120, 0.4) });
    expect(answer).toEqual({ total: 100 });
    expect(conflicts).toEqual([
      {
        ...{ field: 'total', settled_by: 'confidence', needs_person: false },
        winner: { value: 100, parts: ['a'], weight: 0.9 },
        losers: [{ value: 120, parts: ['b'], weight: 0.4, why: 'weighs 0.40, the winner 0.90 (1 voices)' }],
      },
    ]);
  });

  test('two that agree outweigh one that is a little surer', () => {
    const { answer, conflicts } = put({ a: said(100, 0.7), b: said(120, 0.5), c: said('120', 0.5) });
    expect(answer.total).toBe(120);
    expect(conflicts[0]).toMatchObject({ settled_by: 'majority', winner: { parts: ['b', 'c'], weight: 1 } });
  });

  test('what means the same is no conflict: case, space, a thousandth', () => {
    const { conflicts } = put({ a: { city: 'Oslo', n: 1000 }, b: { city: ' OSLO ', n: 1000.5 } });
    expect(conflicts).toEqual([]);
  });

  test('nothing decides between equals: the first stands, a person is to know, unless one is preferred', () => {
    expect(put({ a: said(1), b: said(2) })).toMatchObject({
      answer: { total: 1 },
      conflicts: [{ needs_person: true, settled_by: 'order' }],
    });
    expect(put({ a: said(1), b: said(2) }, { prefer: ['b'] })).toMatchObject({
      answer: { total: 2 },
      conflicts: [
        {
          ...{ needs_person: false, settled_by: 'preference' },
          losers: [{ parts: ['a'], why: 'as heavy as the winner, which is preferred' }],
        },
      ],
    });
  });

  test('of the same weight, more voices win, and that is what stands against the other', () => {
    const [conflict] = put({ a: said(1, 0.8), b: said(2, 0.4), c: said(2, 0.4) }).conflicts;
    expect(conflict).toMatchObject({
      ...{ settled_by: 'majority', needs_person: false, winner: { value: 2 } },
      losers: [{ value: 1, why: 'as heavy as the winner, with 1 voices instead of 2' }],
    });
  });

  test('parts about different things say nothing against each other', () => {
    const { answer, conflicts } = put({ a: said(1), b: said(2) }, { about: { a: '1 Oslo, May', b: '2 Bergen' } });
    expect(answer).toEqual({ total_1_oslo_may: 1, total_2_bergen: 2 });
    expect(conflicts).toEqual([]);
  });
});

describe('what comes out', () => {
  const by = (agent: string, way: Json) => ({
    made_by: { agent, version: '1.0.0', task: agent, attempt: 1 },
    answered_by: way,
  });
  const model = { way: 'model', model: 'fast', input_tokens: 30, output_tokens: 12 };
  const statistics = { way: 'statistics', method: 'm', why: 'w' };

  test('names where each field comes from, which agents and models worked, and every link of the chain', () => {
    const { provenance, metadata, status } = put({
      one: { total: 5, confidence: 0.8, source: 'f00', ...by('extractor', model) },
      two: { total: 5, other: 1, ...by('statistician', statistics) },
    });
    expect(status).toBe('complete');
    expect(provenance.total).toEqual([
      expect.objectContaining({
        part: 'one',
        answered_by: 'model fast',
        source: 'f00',
        confidence: 0.8,
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
      expect.objectContaining({
        part: 'two',
        answered_by: 'statistics',
        made_by: expect.objectContaining({ agent: 'statistician' }),
      }),
    ]);
    expect(metadata).toEqual({
      ...{ run: MADE.run, task: 'answer', made_at: '2026-01-01T00:00:00.000Z', parts: 2, tokens: 42 },
      ...{ agents: ['extractor', 'statistician'], models: ['fast'] },
      chain: [
        'collect',
        'harmonize',
        'resolve conflicts',
        'assess quality',
        'standard format',
        'provenance',
        'metadata',
      ],
    });
  });

  test('one of five that is missing makes it partial, and costs it completeness', () => {
    const whole = put({ a: said(1), b: said(1), c: said(1), d: said(1), e: said(1) });
    const partial = put({ a: said(1), b: said(1), c: said(1), d: said(1), e: null });
    expect(partial).toMatchObject({ status: 'partial', missing: ['e'], quality: { completeness: 0.8 } });
    expect(partial.quality.score).toBeLessThan(whole.quality.score);
  });

  test('disagreement costs it agreement and, far enough, its grade', () => {
    const agreed = put({ a: { x: 1, y: 2, confidence: 0.9 } });
    const torn = put({ a: { x: 1, y: 2, confidence: 0.9 }, b: { x: 3, y: 4, confidence: 0.1 } });
    expect([agreed.quality.agreement, torn.quality.agreement]).toEqual([1, 0]);
    expect(agreed.quality.grade < torn.quality.grade).toBe(true);
  });

  test('nothing at all is an error that names who was expected', () => {
    expect(() => put({ a: null, b: null })).toThrow(
      new DataError('nothing_to_aggregate', 'none of 2 parts has answered: a, b'),
    );
  });
});
