import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TaskDefinition, WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';

const definition = (overrides: object = {}) => ({
  name: 'etl.flight-mart',
  tasks: [{ id: 'a', type: 'work' }],
  ...overrides,
});
const fieldsOf = (value: unknown) =>
  WorkflowDefinition.safeParse(value).error?.issues.map((issue) => issue.path.join('.'));

describe('a workflow definition', () => {
  test('needs a name and a task', () => {
    expect(WorkflowDefinition.parse(definition())).toEqual({
      name: 'etl.flight-mart',
      version: 1,
      description: '',
      tasks: [{ id: 'a', type: 'work' }],
      timeoutSeconds: 3_600,
      events: 'task',
    });
  });

  test.each([
    ['no tasks', { tasks: [] }, 'tasks'],
    ['a name with spaces', { name: 'my flow' }, 'name'],
    ['version 0', { version: 0 }, 'version'],
    ['a timeout of 0', { timeoutSeconds: 0 }, 'timeoutSeconds'],
    ['a timeout of over a year', { timeoutSeconds: 31_536_001 }, 'timeoutSeconds'],
    ['a lifecycle of its own', { lifecycle: 'cron' }, 'lifecycle'],
    ['an id with a slash', { tasks: [{ id: 'a/b', type: 'work' }] }, 'tasks.0.id'],
    ['a type in capitals', { tasks: [{ id: 'a', type: 'Work' }] }, 'tasks.0.type'],
    ['a dependency that is no id', { tasks: [{ id: 'a', type: 'work', dependsOn: [1] }] }, 'tasks.0.dependsOn.0'],
    ['21 attempts', { tasks: [{ id: 'a', type: 'work', retry: { maxAttempts: 21 } }] }, 'tasks.0.retry.maxAttempts'],
    [
      'a backoff that shrinks',
      { tasks: [{ id: 'a', type: 'work', retry: { backoffRate: 0.5 } }] },
      'tasks.0.retry.backoffRate',
    ],
  ])('with %s is refused by path', (_name, overrides, path) => {
    expect(fieldsOf(definition(overrides))).toEqual([path]);
  });

  test('refuses fields it does not know, so that a misspelt one is noticed', () => {
    expect(WorkflowDefinition.safeParse(definition({ timeout: 5 })).success).toBe(false);
    expect(TaskDefinition.safeParse({ id: 'a', type: 'work', depends_on: ['b'] }).success).toBe(false);
  });

  test('reads the same from its own JSON: what is journaled is what was meant', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/);
    const task = fc.record(
      {
        id,
        type: fc.stringMatching(/^[a-z][a-z0-9_.-]{0,20}$/),
        input: fc.jsonValue(),
        dependsOn: fc.array(id, { maxLength: 5 }),
        priority: fc.constantFrom(1, 2, 3, 4),
        timeoutSeconds: fc.integer({ min: 1, max: 604_800 }),
      },
      { requiredKeys: ['id', 'type'] },
    );
    fc.assert(
      fc.property(fc.array(task, { minLength: 1, maxLength: 20 }), (tasks) => {
        const parsed = WorkflowDefinition.parse(JSON.parse(JSON.stringify(definition({ tasks }))));
        expect(WorkflowDefinition.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
      }),
    );
  });
});
