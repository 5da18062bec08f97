import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineWorkflow } from '../../../lambdas/definitions/define-workflow.ts';
import { jsonata } from '../../../lambdas/definitions/expression.ts';
import { critic, extractor, loader } from './agents.ts';

/*
 * Each `@ts-expect-error` is a mistake that the compiler must find: `tsc` fails on one that finds nothing. Most of these
 * mistakes are found at run time as well, so nothing here is executed but the count at the end.
 */

const Input = z.strictObject({ table: z.string(), tables: z.array(z.string()), limit: z.number().optional() });
const begin = () =>
  defineWorkflow({ name: 'demo', input: Input, agents: [extractor, loader, critic], groups: { side: {} } })
    .task('extract', { type: 'etl.extract', input: ({ input }) => ({ table: input('table') }) })
    .task('maybe', { type: 'etl.extract', optional: true, input: ({ input }) => ({ table: input('table') }) })
    .task('many', {
      type: 'etl.extract',
      forEach: { items: ({ input }) => input('tables') },
      input: ({ item }) => ({ table: item() }),
    });

// biome-ignore format: each mistake stands on the line below its comment
const mistakes: ReadonlyArray<() => unknown> = [
  // @ts-expect-error no agent has this type
  () => begin().task('x', { type: 'etl.extarct', input: () => ({ table: 'a' }) }),
  // @ts-expect-error no task before it is called so
  () => begin().task('x', { type: 'etl.extract', after: ['extarct'], input: () => ({ table: 'a' }) }),
  // @ts-expect-error a task never comes after itself
  () => begin().task('x', { type: 'etl.extract', after: ['x'], input: () => ({ table: 'a' }) }),
  // @ts-expect-error the input lacks its table
  () => begin().task('x', { type: 'etl.extract', input: () => ({ limit: 5 }) }),
  // @ts-expect-error there is no input at all
  () => begin().task('x', { type: 'etl.extract' }),
  // @ts-expect-error a field that the agent does not take
  () => begin().task('x', { type: 'etl.extract', input: () => ({ table: 'a', limt: 5 }) }),
  // @ts-expect-error the same, further in
  () => begin().task('x', { type: 'etl.extract', input: () => ({ table: 'a', source: { kind: 'csv', key: 'k', haeder: true } }) }),
  // @ts-expect-error not one of the choices
  () => begin().task('x', { type: 'etl.extract', input: () => ({ table: 'a', format: 'xml' }) }),
  // @ts-expect-error a number where a text belongs
  () => begin().task('x', { type: 'etl.extract', input: () => ({ table: 5 }) }),
  // @ts-expect-error an expression that yields a number where a text belongs
  () => begin().task('x', { type: 'etl.extract', after: ['extract'], input: ({ result }) => ({ table: result('extract', 'rows') }) }),
  // @ts-expect-error an expression that says it yields a number
  () => begin().task('x', { type: 'etl.extract', input: () => ({ table: jsonata<number>('1') }) }),
  // @ts-expect-error the workflow's input has no such field
  () => begin().task('x', { type: 'etl.extract', input: ({ input }) => ({ table: input('tabel') }) }),
  // @ts-expect-error a text has no fields
  () => begin().task('x', { type: 'etl.extract', input: ({ input }) => ({ table: input('table', 'length') }) }),
  // @ts-expect-error a field that a request may leave out
  () => begin().task('x', { type: 'etl.load', input: ({ input }) => ({ keys: [], expect: input('limit') }) }),
  // @ts-expect-error the result of a task that it does not come after
  () => begin().task('x', { type: 'etl.load', input: ({ result }) => ({ keys: [result('extract', 'key')] }) }),
  // @ts-expect-error a result has no such field
  () => begin().task('x', { type: 'etl.load', after: ['extract'], input: ({ result }) => ({ keys: [result('extract', 'kye')] }) }),
  // @ts-expect-error the result of an optional task may be missing
  () => begin().task('x', { type: 'etl.load', after: ['maybe'], input: ({ result }) => ({ keys: [result('maybe', 'key')] }) }),
  // @ts-expect-error the result of a task per item is a list
  () => begin().task('x', { type: 'etl.load', after: ['many'], input: ({ result }) => ({ keys: [result('many', 'key')] }) }),
  // @ts-expect-error there is no item without forEach
  () => begin().task('x', { type: 'etl.extract', input: ({ item }) => ({ table: item() }) }),
  // @ts-expect-error the items are texts, not numbers
  () => begin().task('x', { type: 'etl.load', forEach: { items: () => ['a'] }, input: ({ item }) => ({ keys: [], expect: item() }) }),
  // @ts-expect-error the items are no list
  () => begin().task('x', { type: 'etl.extract', forEach: { items: ({ input }) => input('table') }, input: () => ({ table: 'a' }) }),
  // @ts-expect-error a condition is true or false
  () => begin().task('x', { type: 'etl.extract', when: ({ input }) => input('table'), input: () => ({ table: 'a' }) }),
  // @ts-expect-error no such group
  () => begin().task('x', { type: 'etl.extract', group: 'sied', input: () => ({ table: 'a' }) }),
  // @ts-expect-error an agent that this workflow does not name
  () => defineWorkflow({ name: 'demo', agents: [extractor] }).task('x', { type: 'etl.extract', agent: loader, input: () => ({ table: 'a' }) }),
  // @ts-expect-error nobody can undo it like this
  () => begin().task('x', { type: 'etl.extract', undo: { type: 'etl.undrop' }, input: () => ({ table: 'a' }) }),
  // @ts-expect-error what undoes it takes a key
  () => begin().task('x', { type: 'etl.extract', undo: { type: 'etl.drop', input: () => ({ table: 'a' }) }, input: () => ({ table: 'a' }) }),
  // @ts-expect-error what stands in must look like what the task answers
  () => begin().task('x', { type: 'etl.load', fallback: { value: () => ({ loaded: 'none' }) }, input: () => ({ keys: [] }) }),
  // @ts-expect-error no one can do the fallback
  () => begin().task('x', { type: 'etl.load', fallback: { type: 'etl.laod' }, input: () => ({ keys: [] }) }),
  // @ts-expect-error it may see only results of what it comes after
  () => begin().task('x', { type: 'etl.load', after: ['extract'], sees: { results: ['many'] }, input: () => ({ keys: [] }) }),
  // @ts-expect-error the input has no such field to see
  () => begin().task('x', { type: 'etl.load', sees: { input: ['tabel'] }, input: () => ({ keys: [] }) }),
  // @ts-expect-error a vote needs participants
  () => begin().consensus('x', { quorum: 1 }),
  // @ts-expect-error it weighs who does not take part
  () => begin().consensus('x', { after: ['extract'], weights: { many: 2 } }),
  // @ts-expect-error a vote is not made once per item
  () => begin().consensus('x', { after: ['extract'], forEach: { items: () => [1] } }),
  // @ts-expect-error a person is asked without a retry policy
  () => begin().ask('x', { question: () => 'well?', retry: {} }),
  // @ts-expect-error a wait has no input
  () => begin().waitFor('x', { event: 'paid', input: () => ({}) }),
  // @ts-expect-error it sleeps for a while or until a time
  () => begin().sleep('x', { seconds: 5, until: new Date() }),
  // @ts-expect-error it says how long
  () => begin().sleep('x', {}),
  // @ts-expect-error nobody can be late for it
  () => begin().sleep('x', { seconds: 5, timeoutSeconds: 5 }),
  // @ts-expect-error its result has nothing to read
  () => begin().sleep('x', { seconds: 5 }).value('y', { after: ['x'], value: ({ result }) => result('x', 'decision') }),
  // @ts-expect-error a budget is in dollars
  () => begin().task('x', { type: 'etl.extract', budget: { eur: 5 }, input: () => ({ table: 'a' }) }),
  // @ts-expect-error an answer is one of the options
  () => begin().ask('ok', { question: () => 'well?', options: ['yes', 'no'] }).value('x', { after: ['ok'], fallback: { value: () => 'maybe' }, value: ({ result }) => result('ok', 'decision') }),
  // @ts-expect-error what a sub-workflow takes is known
  () => begin().workflow('x', { workflow: begin().build(), input: () => ({ tabel: 'a', tables: [] }) }),
  // @ts-expect-error and so is what it answers
  () => begin().workflow('sub', { workflow: begin().build(['extract']), input: () => ({ table: 'a', tables: [] }) }).value('x', { after: ['sub'], value: ({ result }) => result('sub', 'many') }),
  // @ts-expect-error no task is called so
  () => begin().build(['lod']),
  // @ts-expect-error a group is no output
  () => begin().build(['side']),
];

describe('the compiler', () => {
  test('looks at every mistake of this file', () => {
    expect(mistakes.length).toBeGreaterThanOrEqual(40);
  });
});
