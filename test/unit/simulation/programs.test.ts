import { describe, expect, test } from '@jest/globals';
import { inProcessEvaluator } from '../../../lambdas/adapters/expressions/in-process-evaluator.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import { checkDefinition } from '../../../lambdas/workflow/definition.ts';
import { definitionOf } from '../../simulation/programs/compile.ts';
import * as expressions from '../../simulation/programs/expressions.ts';
import { randomProgram } from '../../simulation/programs/generate.ts';
import { type Program, withChildren } from '../../simulation/programs/plan.ts';
import { randomOf } from '../../simulation/random.ts';
import { smallerPrograms } from '../../simulation/shrink.ts';

const programOf = (seed: number): Program => randomProgram(randomOf(seed), `sim-${seed}`);
/** As a client would send it. */
const sent = (program: Program): unknown => JSON.parse(JSON.stringify(definitionOf(program)));

describe('random programs', () => {
  test('all of them are sound definitions', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      for (const program of withChildren(programOf(seed))) expect(() => checkDefinition(sent(program))).not.toThrow();
    }
  });

  test('together they use the whole language', () => {
    const text = Array.from({ length: 300 }, (_, seed) => JSON.stringify(definitionOf(programOf(seed)))).join('');
    const words = ['type', 'workflow', 'waitFor', 'ask', 'sleep', 'value', 'consensus', 'when', 'forEach', 'optional'];
    const more = [
      'group',
      'fallback',
      'undo',
      'escalate',
      'sees',
      'select',
      'priority',
      'tolerate',
      'limit',
      'output',
      'retry',
    ];
    expect([...words, ...more].filter((word) => !text.includes(`"${word}":`))).toEqual([]);
  });

  test('the same seed gives the same program', () => {
    expect(definitionOf(programOf(5))).toEqual(definitionOf(programOf(5)));
  });

  test('made smaller in any way they are still sound', () => {
    let seen = 0;
    for (let seed = 1; seed <= 25; seed += 1) {
      for (const smaller of smallerPrograms(programOf(seed))) {
        seen += 1;
        expect(() => checkDefinition(sent(smaller))).not.toThrow();
      }
    }
    expect(seen).toBeGreaterThan(1_000);
  });
});

describe('expressions of programs', () => {
  const bindings: Array<Record<string, Json>> = [
    { input: { x: 3, n: 4 }, results: { t1: { v: 7 }, g: [{ v: 1 }, null] }, item: 5, index: 2, result: { v: 9 } },
    { input: { x: 3, n: 0 }, results: { t1: { v: 8 }, g: [] }, item: { a: 1 }, index: 0, result: null },
    { input: { x: 3, n: 1 }, results: { g: [{ v: 1 }] }, item: 0, index: 1, result: { decision: 'approve' } },
    { input: { x: 3, n: 2 }, results: { t1: [1, 2] }, item: [1], index: 1, result: 4 },
  ];

  test('mean in the simulation what JSONata makes of them', async () => {
    const all = [
      ...[expressions.inputField('x'), expressions.answerOf('t1'), expressions.sizeOf('g'), expressions.constant(3)],
      ...[expressions.isOdd('t1', true), expressions.isOdd('t1', false), expressions.countedItems('n')],
      ...[expressions.theItem(), expressions.theIndex(), expressions.undoneAnswer(), expressions.nothing()],
      ...[expressions.notTruth(), expressions.constant(true)],
    ];
    const real = inProcessEvaluator();
    for (const bound of bindings) {
      for (const { source, meaning } of all) {
        const [outcome] = await real.evaluate([{ source, bindings: bound, now: 0, seed: '' }]);
        const answered = outcome && 'value' in outcome ? outcome.value : undefined;
        // A list of one is one to JSONata, and of none nothing; the engine takes them as lists again.
        const expected = meaning(bound);
        const same = Array.isArray(expected) && expected.length < 2 ? expected[0] : expected;
        const got = Array.isArray(answered) && answered.length < 2 && Array.isArray(expected) ? answered[0] : answered;
        expect({ source, bound, got }).toEqual({ source, bound, got: same });
      }
    }
  });
});
