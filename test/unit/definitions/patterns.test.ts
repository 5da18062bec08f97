import { afterAll, describe, expect, test } from '@jest/globals';
import { createWorkerEvaluator } from '../../../lambdas/adapters/expressions/worker-evaluator.ts';
import { definitionOf, type Part } from '../../../lambdas/definitions/part.ts';
import { broadcast } from '../../../lambdas/definitions/patterns/broadcast.ts';
import { consensus } from '../../../lambdas/definitions/patterns/consensus.ts';
import { decompose } from '../../../lambdas/definitions/patterns/decompose.ts';
import { pipeline } from '../../../lambdas/definitions/patterns/pipeline.ts';
import { requestResponse } from '../../../lambdas/definitions/patterns/request-response.ts';
import { scatterGather } from '../../../lambdas/definitions/patterns/scatter-gather.ts';
import { checkAddedTasks, checkDefinition, checkExpressions } from '../../../lambdas/workflow/definition.ts';

const evaluator = createWorkerEvaluator();
afterAll(() => evaluator.close());

/** The part's tasks and groups, once the definition that it makes is found sound. */
async function sound(part: Part) {
  const definition = definitionOf({ name: 'demo' }, part);
  expect(checkDefinition(definition)).toEqual(definition);
  await checkExpressions(definition, (source) => evaluator.check(source));
  const known = [...definition.tasks.map(({ id }) => id), ...Object.keys(definition.groups ?? {})];
  expect(known).toEqual(expect.arrayContaining([...part.names]));
  return { tasks: definition.tasks, groups: definition.groups };
}

describe('request and response', () => {
  test('is one task with the input of the run', async () => {
    const { tasks } = await sound(requestResponse({ id: 'answer', type: 'qa.answer' }));
    expect(tasks).toEqual([{ id: 'answer', type: 'qa.answer', input: '{% $input %}' }]);
  });
});

describe('a pipeline', () => {
  test('hands each stage what the one before it answered', async () => {
    const stages = [
      { id: 'a', type: 'x' },
      { id: 'b-2', value: 1 },
      { id: 'c', type: 'x', retry: { maxAttempts: 2 } },
    ];
    expect((await sound(pipeline(stages))).tasks).toEqual([
      { id: 'a', type: 'x', input: '{% $input %}' },
      { id: 'b-2', value: 1, dependsOn: ['a'] },
      { id: 'c', type: 'x', retry: { maxAttempts: 2 }, dependsOn: ['b-2'], input: '{% $results."b-2" %}' },
    ]);
  });

  test('begins after what it is told, with an input of its own', () => {
    const [first] = pipeline([{ id: 'a', type: 'x', input: 5 }], ['before']).tasks;
    expect(first).toEqual({ id: 'a', type: 'x', input: 5, dependsOn: ['before'] });
  });
});

describe('a broadcast', () => {
  test('gives the same to all and gathers every answer, tolerating some silence', async () => {
    const to = [
      { id: 'x1', type: 'x' },
      { id: 'x-2', type: 'y', sees: { input: ['topic'] } },
    ];
    const { tasks, groups } = await sound(broadcast({ id: 'all', to, tolerate: 1, limit: 5 }));
    expect(tasks).toEqual([
      { id: 'x1', type: 'x', input: '{% $input %}', group: 'all-audience' },
      { id: 'x-2', type: 'y', input: '{% $input %}', group: 'all-audience', sees: { input: ['topic'] } },
      { id: 'all', value: { x1: expect.any(String), 'x-2': expect.any(String) }, dependsOn: ['x1', 'x-2'] },
    ]);
    expect(groups).toEqual({ 'all-audience': { tolerate: 1, limit: 5 } });
  });

  test('has null for who did not answer', async () => {
    const { tasks } = broadcast({
      id: 'all',
      to: [
        { id: 'a', type: 'x' },
        { id: 'b', type: 'x' },
      ],
    });
    const value = tasks.at(-1)?.value;
    const sources = Object.values(typeof value === 'object' && value !== null ? value : {}).map((text) =>
      String(text).slice(2, -2),
    );
    const jobs = sources.map((source) => ({ source, bindings: { results: { a: [1] } }, now: 0, seed: '' }));
    expect(await evaluator.evaluate(jobs)).toEqual([{ value: [1] }, { value: null }]);
  });
});

describe('scatter and gather', () => {
  test('makes a task per item and gives all results to the one that gathers', async () => {
    const part = scatterGather({
      each: { id: 'count', type: 'x' },
      gather: { id: 'sum', type: 'y' },
      limit: 3,
      tolerate: 1,
    });
    expect((await sound(part)).tasks).toEqual([
      {
        id: 'count',
        type: 'x',
        input: '{% $item %}',
        forEach: { items: '{% $input.items %}', limit: 3, tolerate: 1 },
      },
      { id: 'sum', type: 'y', dependsOn: ['count'], input: { parts: '{% $results.count %}' } },
    ]);
  });

  test('gathers by a computed value as well', async () => {
    const gather = { id: 'sum', value: '{% $sum($results.count) %}' };
    const { tasks } = await sound(scatterGather({ items: [1, 2], each: { id: 'count', type: 'x' }, gather }));
    expect(tasks.at(-1)).toEqual({ ...gather, dependsOn: ['count'] });
  });
});

describe('a consensus', () => {
  test('asks all the same, none needed alone, and counts the votes', async () => {
    const part = consensus({
      id: 'verdict',
      participants: [
        { id: 'editor', type: 'judge', sees: { input: ['draft'] } },
        { id: 'lawyer', type: 'judge', sees: { input: ['draft', 'contract'] } },
      ],
      quorum: 1,
      weights: { lawyer: 2 },
      tie: 'person',
      threshold: 0.6,
    });
    const asked = { type: 'judge', input: '{% $input %}', optional: true };
    expect((await sound(part)).tasks).toEqual([
      { id: 'editor', ...asked, sees: { input: ['draft'] } },
      { id: 'lawyer', ...asked, sees: { input: ['draft', 'contract'] } },
      {
        id: 'verdict',
        consensus: { quorum: 1, weights: { lawyer: 2 }, tie: 'person', threshold: 0.6 },
        dependsOn: ['editor', 'lawyer'],
      },
    ]);
  });

  test('weighs participants only', () => {
    const participants = [{ id: 'editor', type: 'judge' }] as const;
    // @ts-expect-error the reader does not take part
    expect(consensus({ id: 'v', participants, weights: { reader: 2 } }).tasks.at(-1)).toMatchObject({
      consensus: { weights: {} },
    });
  });
});

describe('decomposition', () => {
  test('lets the planner add tasks to a group, on which the synthesis waits', async () => {
    const part = decompose({
      plan: { id: 'plan', type: 'plan' },
      group: 'parts',
      synthesize: { id: 'whole', type: 'write' },
      limit: 4,
    });
    const { tasks, groups } = await sound(part);
    expect(tasks).toEqual([
      { id: 'plan', type: 'plan', input: '{% $input %}' },
      {
        id: 'whole',
        type: 'write',
        dependsOn: ['plan', 'parts'],
        input: { plan: '{% $results.plan %}', parts: '{% $results.parts %}' },
      },
    ]);
    expect(groups).toEqual({ parts: { tolerate: 0, limit: 4 } });
    const added = [{ id: 'part-a', type: 'write', group: 'parts' }];
    const existing = new Set(tasks.map(({ id }) => id));
    expect(() => checkAddedTasks(existing, new Set(Object.keys(groups ?? {})), added)).not.toThrow();
  });
});
