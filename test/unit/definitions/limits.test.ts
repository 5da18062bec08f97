import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { defineWorkflow } from '../../../lambdas/definitions/define-workflow.ts';
import { checkDefinition } from '../../../lambdas/workflow/definition.ts';
import { task } from '../../support/factories.ts';
import { faultOf as thrownBy } from '../workflow/definition-fault.ts';
import { extractor } from './agents.ts';

const check = (document: object) =>
  checkDefinition(JSON.parse(JSON.stringify({ name: 'test', tasks: [task('a')], ...document })));
const faultOf = (document: object) => thrownBy(() => check(document));

describe('limits in the typed builder', () => {
  test('keys read the input, results and items', () => {
    const built: WorkflowDefinition = defineWorkflow({
      name: 'orders.import',
      agents: [extractor],
      input: z.object({ customer: z.string(), orders: z.array(z.string()) }),
      admission: {
        singleton: { key: ({ input }) => input('customer'), mode: 'wait' },
        limits: [{ name: 'imports', concurrency: 5 }],
        waitSeconds: 600,
      },
    })
      .task('one', {
        type: 'etl.extract',
        forEach: { items: ({ input }) => input('orders') },
        input: ({ item }) => ({ table: item() }),
        limits: [{ name: 'shop.api', key: ({ input }) => input('customer'), rate: { limit: 10, periodSeconds: 1 } }],
      })
      .build();
    expect(built.admission).toEqual({
      singleton: { key: '{% $input.customer %}', mode: 'wait' },
      limits: [{ name: 'imports', concurrency: 5 }],
      waitSeconds: 600,
    });
    expect(built.tasks[0]?.limits).toEqual([
      { name: 'shop.api', key: '{% $input.customer %}', rate: { limit: 10, periodSeconds: 1 } },
    ]);
    expect(checkDefinition(JSON.parse(JSON.stringify(built))).name).toBe('orders.import');
  });
});

describe('what is wrong with limits', () => {
  const concurrency = { concurrency: 1 };
  const rate = { rate: { limit: 1, periodSeconds: 1 } };
  test.each<[string, object, string, string]>([
    [
      'a limit of zero',
      { tasks: [task('a', { limits: [{ concurrency: 0 }] })] },
      'tasks.0.limits.0.concurrency',
      'must be at least 1',
    ],
    [
      'a limit that says nothing',
      { tasks: [task('a', { limits: [{}] })] },
      'tasks.0.limits.0',
      'either concurrency or rate',
    ],
    [
      'a limit on what no agent does',
      { tasks: [{ id: 'a', value: 1, limits: [concurrency] }] },
      'tasks.0.limits',
      'tasks that agents do',
    ],
    [
      'a key that reads what the input does not have',
      {
        input: { type: 'object', properties: { a: {} }, additionalProperties: false },
        admission: { limits: [{ ...concurrency, key: '{% $input.b %}' }] },
      },
      'admission.limits.0.key',
      "which the workflow's input does not have",
    ],
    [
      'a key that reads results before there are any',
      { admission: { limits: [{ ...concurrency, key: '{% $results.a %}' }] } },
      'admission.limits.0.key',
      'there are no results',
    ],
    [
      'a key that reads what its task does not depend on',
      { tasks: [task('a', { limits: [{ ...concurrency, key: '{% $results.b %}' }] })] },
      'tasks.0.limits.0.key',
      'which is no task',
    ],
    ['an admission that names nothing', { admission: { waitSeconds: 5 } }, 'admission', 'names nothing to wait for'],
    [
      'a debounce that never waits so long',
      { admission: { debounce: { seconds: 9, atMostSeconds: 5 } } },
      'admission.debounce.atMostSeconds',
      'at least as long',
    ],
    [
      'a batch that never fills',
      { admission: { singleton: { mode: 'wait' }, batch: { size: 2, seconds: 5 } } },
      'admission.batch',
      'never fills',
    ],
    [
      'a task that waits for what its own run holds',
      {
        admission: { limits: [{ ...concurrency, name: 'api' }] },
        tasks: [task('a', { limits: [{ ...concurrency, name: 'api' }] })],
      },
      'admission.limits.0.name',
      'would wait for another',
    ],
    [
      'two limits that are one where their keys are equal',
      { tasks: [task('a', { limits: [{ ...concurrency, key: '{% $input.a %}' }, { ...rate }, { concurrency: 5 }] })] },
      'tasks.0.limits.2.name',
      'task "a" has two limits of concurrency without a name',
    ],
    [
      'two such ways in',
      {
        admission: {
          limits: [
            { ...rate, key: '{% $input.a %}' },
            { ...rate, key: '{% $input.b %}' },
          ],
        },
      },
      'admission.limits.1.name',
      'the admission has two limits of rate without a name',
    ],
  ])('%s', (_, document, field, words) => {
    expect(faultOf(document)).toMatchObject({ field, message: expect.stringContaining(words) });
  });

  test('limits of a kind may stand side by side when they can be told apart', () => {
    const limits = [concurrency, { ...concurrency, name: 'api' }, { ...concurrency, name: 'disk' }, rate];
    expect(check({ tasks: [task('a', { limits })] }).tasks[0]?.limits).toHaveLength(4);
  });

  test('the tasks of a batch read the list of what was brought', () => {
    const document = {
      input: { type: 'object', properties: { n: {} }, additionalProperties: false },
      admission: { batch: { key: '{% $input.n %}', size: 2, seconds: 5 } },
    };
    expect(check({ ...document, tasks: [task('a', { input: '{% $input.items %}' })] }).tasks).toHaveLength(1);
    expect(faultOf({ ...document, tasks: [task('a', { input: '{% $input.n %}' })] })).toMatchObject({
      code: 'unknown_input',
    });
  });
});
