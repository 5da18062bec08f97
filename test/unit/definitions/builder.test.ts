import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineWorkflow } from '../../../lambdas/definitions/define-workflow.ts';
import { jsonata, orElse, pathsFrom } from '../../../lambdas/definitions/expression.ts';
import { pipeline } from '../../../lambdas/definitions/patterns/pipeline.ts';
import { checkDefinition } from '../../../lambdas/workflow/definition.ts';
import { critic, extractor, loader } from './agents.ts';

const Input = z.strictObject({ table: z.string(), tables: z.array(z.string()), limit: z.number().optional() });
const begin = () =>
  defineWorkflow({ name: 'demo', input: Input, agents: [extractor, loader, critic], groups: { side: { limit: 2 } } });

describe('the builder', () => {
  test('writes tasks with their dependencies, inputs and expressions', () => {
    const definition = begin()
      .task('extract', {
        type: 'etl.extract',
        input: ({ input }) => ({ table: input('table'), format: 'csv', limit: orElse(input('limit'), 10) }),
        undo: { type: 'etl.drop', input: ({ answer }) => ({ key: answer('key') }), retry: { maxAttempts: 9 } },
        retry: { maxAttempts: 5 },
      })
      .task('load', {
        type: 'etl.load',
        after: ['extract'],
        agent: loader,
        when: ({ result }) => jsonata(`${result('extract', 'rows')} > 0`),
        input: ({ result }) => ({ keys: [result('extract', 'key')], expect: result('extract', 'rows') }),
      })
      .build(['load']);
    expect(definition.tasks).toEqual([
      {
        id: 'extract',
        type: 'etl.extract',
        input: { table: '{% $input.table %}', format: 'csv', limit: '{% ($input.limit) ?? 10 %}' },
        undo: { type: 'etl.drop', input: { key: '{% $result.key %}' }, retry: { maxAttempts: 9 } },
        retry: { maxAttempts: 5 },
      },
      {
        id: 'load',
        type: 'etl.load',
        dependsOn: ['extract'],
        agent: 'loader',
        when: '{% $results.extract.rows > 0 %}',
        input: { keys: ['{% $results.extract.key %}'], expect: '{% $results.extract.rows %}' },
      },
    ]);
    expect(definition).toMatchObject({ name: 'demo', output: ['load'], groups: { side: { limit: 2 } } });
    expect(checkDefinition(definition)).toEqual(definition);
  });

  test('makes the JSON Schema of the input, as a requester may write it', () => {
    const definition = begin()
      .value('one', { value: () => 1 })
      .build();
    expect(definition.input).toMatchObject({ required: ['table', 'tables'], additionalProperties: false });
  });

  test('writes a task per item', () => {
    const definition = begin()
      .task('extract', {
        type: 'etl.extract',
        forEach: { items: ({ input }) => input('tables'), limit: 4, tolerate: 1 },
        input: ({ item, index }) => ({ table: item(), limit: index }),
      })
      .value('keys', {
        after: ['extract'],
        value: ({ result }) => jsonata<string[]>(`[${result('extract')}.key]`),
      })
      .task('load', { type: 'etl.load', after: ['keys'], input: ({ result }) => ({ keys: result('keys') }) })
      .build();
    expect(definition.tasks[0]).toMatchObject({
      forEach: { items: '{% $input.tables %}', limit: 4, tolerate: 1 },
      input: { table: '{% $item %}', limit: '{% $index %}' },
    });
    expect(checkDefinition(definition)).toEqual(definition);
  });

  test('writes every kind of task', () => {
    const child = begin()
      .value('sum', { value: ({ input }) => ({ of: input('table') }) })
      .build(['sum']);
    const definition = defineWorkflow({ name: 'parent', input: Input, agents: [critic] })
      .workflow('sub', { workflow: child, version: 3, input: ({ input }) => ({ table: input('table'), tables: [] }) })
      .workflow('named', { workflow: 'other', input: () => ({ anything: 1 }) })
      .waitFor('paid', {
        event: 'payment_received',
        payload: z.object({ amount: z.number() }),
        key: ({ input }) => input('table'),
        timeoutSeconds: 60,
      })
      .ask('sure', {
        after: ['paid', 'sub'],
        question: ({ result }) => jsonata(`"Load " & ${result('sub', 'sum', 'of')} & "?"`),
        options: ['yes', 'no'],
        to: 'owner',
      })
      .sleep('night', { after: ['paid'], seconds: 28_800 })
      .sleep('noon', { until: new Date('2027-01-01T12:00:00Z') })
      .task('a', {
        type: 'text.judge',
        input: ({ input }) => ({ text: input('table') }),
        budget: { usd: 0.5, atLimit: 'ask' },
      })
      .task('b', { type: 'text.judge', input: ({ input }) => ({ text: input('table') }), optional: true })
      .consensus('vote', { after: ['a', 'b'], vote: ({ answer }) => answer('vote'), quorum: 1, weights: { a: 2 } })
      .value('all', {
        after: ['paid', 'sure', 'vote', 'named'],
        value: ({ result }) => ({
          amount: result('paid', 'amount'),
          sure: result('sure', 'decision'),
          keep: result('vote', 'decision'),
        }),
      })
      .build();
    expect(checkDefinition(definition).tasks).toEqual([
      { id: 'sub', workflow: { name: 'demo', version: 3 }, input: { table: '{% $input.table %}', tables: [] } },
      { id: 'named', workflow: { name: 'other' }, input: { anything: 1 } },
      { id: 'paid', waitFor: { event: 'payment_received', key: '{% $input.table %}' }, timeoutSeconds: 60 },
      {
        id: 'sure',
        ask: { question: '{% "Load " & $results.sub.sum.of & "?" %}', options: ['yes', 'no'], to: 'owner' },
        dependsOn: ['paid', 'sub'],
      },
      { id: 'night', sleep: { seconds: 28_800 }, dependsOn: ['paid'] },
      { id: 'noon', sleep: { until: '2027-01-01T12:00:00.000Z' } },
      {
        id: 'a',
        type: 'text.judge',
        input: { text: '{% $input.table %}' },
        budget: { usd: 0.5, atLimit: 'ask' },
      },
      { id: 'b', type: 'text.judge', input: { text: '{% $input.table %}' }, optional: true },
      { id: 'vote', consensus: { vote: '{% $result.vote %}', quorum: 1, weights: { a: 2 } }, dependsOn: ['a', 'b'] },
      {
        id: 'all',
        value: {
          amount: '{% $results.paid.amount %}',
          sure: '{% $results.sure.decision %}',
          keep: '{% $results.vote.decision %}',
        },
        dependsOn: ['paid', 'sure', 'vote', 'named'],
      },
    ]);
  });

  test('writes each kind of fallback', () => {
    const { tasks } = begin()
      .task('a', {
        type: 'etl.load',
        input: () => ({ keys: [] }),
        fallback: { value: ({ input }) => ({ loaded: orElse(input('limit'), 0) }) },
      })
      .task('b', { type: 'etl.load', input: () => ({ keys: [] }), fallback: { cachedSeconds: 60 } })
      .task('c', {
        type: 'etl.load',
        input: () => ({ keys: [] }),
        fallback: { type: 'etl.extract', input: () => ({ table: 't' }) },
      });
    expect(tasks.map(({ fallback }) => fallback)).toEqual([
      { value: { loaded: '{% ($input.limit) ?? 0 %}' } },
      { cachedSeconds: 60 },
      { type: 'etl.extract', input: { table: 't' } },
    ]);
  });

  test('leaves the builder before a step as it was', () => {
    const base = begin().value('one', { value: () => 1 });
    base.value('two', { value: () => 2 });
    expect(base.tasks.map(({ id }) => id)).toEqual(['one']);
  });

  test('includes ready-made parts, whose tasks others may come after', () => {
    const { tasks } = begin()
      .include(
        pipeline([
          { id: 'first', type: 'text.judge' },
          { id: 'second', type: 'text.judge' },
        ]),
      )
      .value('end', { after: ['second'], value: ({ result }) => result('second') });
    expect(tasks.map(({ id }) => id)).toEqual(['first', 'second', 'end']);
  });

  test('refuses an input without expressions that the agents do not take', () => {
    expect(() => begin().task('a', { type: 'etl.load', input: () => ({ keys: [], expect: Number.NaN }) })).toThrow(
      /task "a": "etl.load" does not take this input: expect/,
    );
  });

  test('refuses a list of items in which expressions stand, for the engine would not see them', () => {
    const items = () => [jsonata<string>('$input.table')];
    expect(() => begin().value('a', { forEach: { items }, value: () => 1 })).toThrow('yields the whole list');
  });

  test('refuses ids and names that no definition may have', () => {
    expect(() => begin().value('not an id', { value: () => 1 })).toThrow('a task id is');
    expect(() =>
      defineWorkflow({ name: 'Not A Name', agents: [] })
        .value('a', { value: () => 1 })
        .build(),
    ).toThrow('a workflow is named');
  });
});

describe('an expression', () => {
  test('quotes names that JSONata would read otherwise', () => {
    const path = pathsFrom('$results');
    expect(path('plain', 'a_1').source).toBe('$results.plain.a_1');
    expect(path('load-all', 'and', '1st', 'say "hi"').source).toBe('$results."load-all"."and"."1st"."say \\"hi\\""');
  });

  test('is never empty', () => {
    expect(() => jsonata('  ')).toThrow('empty');
  });
});
