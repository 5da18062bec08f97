import { describe, expect, test } from '@jest/globals';
import { MAX_TASKS } from '../../../lambdas/workflow/check-size.ts';
import { checkAddedTasks, checkDefinition, checkTaskTypes } from '../../../lambdas/workflow/definition.ts';
import { faultOf } from './definition-fault.ts';

/** Task `t` as described, after task `a`, both in a definition. */
const withTask = (task: object, more: object = {}) => ({
  name: 'demo',
  tasks: [
    { id: 'a', type: 'x' },
    { id: 't', ...task },
  ],
  ...more,
});
const check = (task: object, more?: object) => checkDefinition(withTask(task, more));

describe('a task', () => {
  test.each([
    ['an agent does', { type: 'x', agent: 'worker', select: 'score', near: 'eu-west-1', retry: { maxAttempts: 2 } }],
    ['a sub-workflow does', { workflow: { name: 'other' }, input: {}, undo: { type: 'x' }, retry: { maxAttempts: 1 } }],
    ['waits for an event', { waitFor: { event: 'paid', key: '{% $input.id %}' }, timeoutSeconds: 10_000_000 }],
    ['a person answers', { ask: { question: 'well?', options: ['yes', 'no'] } }],
    ['the coordinator computes', { value: null }],
    ['is a vote', { consensus: { quorum: 1, weights: { a: 2 } }, dependsOn: ['a'] }],
    [
      'waits, and is done by an agent when nothing comes',
      { waitFor: { event: 'paid' }, fallback: { type: 'x' }, retry: {} },
    ],
    ['sleeps for a while', { sleep: { seconds: 5 } }],
    ['sleeps until a time', { sleep: { until: '2027-01-01T00:00:00Z' } }],
    ['sleeps once per item', { sleep: { seconds: 1 }, forEach: { items: [1, 2] } }],
    ['waits once per item', { waitFor: { event: 'paid', key: '{% $item %}' }, forEach: { items: ['a', 'b'] } }],
  ])('that %s is accepted', (_, task) => {
    expect(() => check(task)).not.toThrow();
  });

  test('of no kind is refused with the choices', () => {
    const fault = faultOf(() => check({}));
    expect(fault).toMatchObject({ code: 'task_kind', field: 'tasks.1' });
    expect(fault.message).toBe(
      'task "t" says nothing to do: give it one of type, workflow, waitFor, ask, sleep, value, consensus',
    );
  });

  test('of two kinds is refused at the second', () => {
    const fault = faultOf(() => check({ type: 'x', ask: { question: 'well?' } }));
    expect(fault).toMatchObject({ code: 'task_kind', field: 'tasks.1.ask' });
    expect(fault.message).toContain('"type" and "ask"');
  });

  const ask = { ask: { question: 'well?' } };
  const vote = { consensus: {}, dependsOn: ['a'] };
  test.each([
    ['waitFor', { waitFor: { event: 'paid' }, input: {} }, 'input'],
    ['ask', { ...ask, input: {} }, 'input'],
    ['value', { value: 1, input: {} }, 'input'],
    ['consensus', { ...vote, input: {} }, 'input'],
    ['ask', { ...ask, undo: { type: 'x' } }, 'undo'],
    ['value', { value: 1, undo: { type: 'x' } }, 'undo'],
    ['workflow', { workflow: { name: 'other' }, agent: 'worker' }, 'agent'],
    ['workflow', { workflow: { name: 'other' }, select: 'score' }, 'select'],
    ['value', { value: 1, near: 'eu' }, 'near'],
    ['ask', { ...ask, retry: {} }, 'retry'],
    ['ask', { ...ask, budget: { usd: 1 } }, 'budget'],
    ['value', { value: 1, budget: { usd: 1 } }, 'budget'],
    ['consensus', { ...vote, forEach: { items: [1] } }, 'forEach'],
    ['sleep', { sleep: { seconds: 1 }, timeoutSeconds: 5 }, 'timeoutSeconds'],
    ['sleep', { sleep: { seconds: 1 }, input: {} }, 'input'],
    ['sleep', { sleep: { seconds: 1 }, limits: [{ concurrency: 1 }] }, 'limits'],
  ])('of kind %s may not have what means nothing there: %j', (kind, task, field) => {
    const fault = faultOf(() => check(task));
    expect(fault).toMatchObject({ code: 'misplaced_field', field: `tasks.1.${field}` });
    expect(fault.message).toContain(`"${field}", which means nothing beside "${kind}"`);
  });

  test.each([
    [{ atLimit: 'ask' }, 'invalid_budget', 'budget'],
    [{ usd: 0 }, 'invalid_definition', 'budget.usd'],
    [{ tokens: 1.5 }, 'invalid_definition', 'budget.tokens'],
    [{ euro: 5 }, 'invalid_definition', 'budget.euro'],
    [{ usd: 5, atLimit: 'hope' }, 'invalid_definition', 'budget.atLimit'],
  ])('or a workflow is refused with the budget %j', (budget, code, field) => {
    expect(faultOf(() => check({ type: 'x', budget }))).toMatchObject({ code, field: `tasks.1.${field}` });
    expect(faultOf(() => check({ type: 'x' }, { budget }))).toMatchObject({ code, field });
  });

  test('that has a budget may be done by an agent, a sub-workflow, or a fallback', () => {
    const budget = { usd: 5, tokens: 1_000, calls: 10, depth: 0, seconds: 60, atLimit: 'degrade' };
    expect(() => check({ type: 'x', budget }, { budget })).not.toThrow();
    expect(() => check({ workflow: { name: 'other' }, budget })).not.toThrow();
    expect(() => check({ waitFor: { event: 'paid' }, fallback: { type: 'x' }, budget })).not.toThrow();
  });

  test('that sleeps says in exactly one way how long', () => {
    const both = { seconds: 1, until: '2027-01-01T00:00:00Z' };
    expect(faultOf(() => check({ sleep: {} }))).toMatchObject({ code: 'invalid_sleep', field: 'tasks.1.sleep' });
    expect(faultOf(() => check({ sleep: both }))).toMatchObject({
      code: 'invalid_sleep',
      field: 'tasks.1.sleep.until',
    });
    expect(faultOf(() => check({ sleep: { until: 'tomorrow' } }))).toMatchObject({ code: 'invalid_definition' });
  });

  test('may not be called as the tasks that tasks delegate', () => {
    const twoDots = { name: 'demo', tasks: [{ id: 'a..b', type: 'x' }] };
    expect(faultOf(() => checkDefinition(twoDots))).toMatchObject({ code: 'reserved_name', field: 'tasks.0.id' });
  });

  test('may work a week at most, but wait and run sub-workflows for longer', () => {
    const timeoutSeconds = 604_801;
    expect(faultOf(() => check({ type: 'x', timeoutSeconds }))).toMatchObject({
      code: 'timeout_too_long',
      field: 'tasks.1.timeoutSeconds',
    });
    for (const kind of [{ workflow: { name: 'other' } }, ask, { waitFor: { event: 'paid' } }]) {
      expect(() => check({ ...kind, timeoutSeconds })).not.toThrow();
    }
  });

  test.each([
    [{}, 'fallback', 'none of them'],
    [{ type: 'x', value: 1 }, 'fallback.value', 'type and value'],
    [{ value: 1, cachedSeconds: 5 }, 'fallback.cachedSeconds', 'value and cachedSeconds'],
    [{ value: 1, input: {} }, 'fallback.input', 'no type to give it to'],
  ])('has exactly one kind of fallback: not %j', (fallback, field, reason) => {
    const fault = faultOf(() => check({ type: 'x', fallback }));
    expect(fault).toMatchObject({ code: 'invalid_fallback', field: `tasks.1.${field}` });
    expect(fault.message).toContain(reason);
  });

  test('offers each option once', () => {
    const fault = faultOf(() => check({ ask: { question: 'well?', options: ['yes', 'no', 'yes'] } }));
    expect(fault).toMatchObject({ code: 'duplicate_option', field: 'tasks.1.ask.options.2' });
  });

  test.each(['t.undo', 'item.0', 'x.12', '__proto__'])('may not be called %s, as the engine names its own', (id) => {
    expect(faultOf(() => check({ id, type: 'x' }))).toMatchObject({ code: 'reserved_name', field: 'tasks.1.id' });
    expect(() => check({ id: `${id}x`, type: 'x' })).not.toThrow();
  });

  test('may not run the workflow that it is in', () => {
    expect(faultOf(() => check({ workflow: { name: 'demo' } }))).toMatchObject({
      code: 'recursive_workflow',
      field: 'tasks.1.workflow.name',
    });
  });

  test('may see only results of what it depends on', () => {
    const fault = faultOf(() => check({ type: 'x', dependsOn: ['a'], sees: { results: ['a', 'b'] } }));
    expect(fault).toMatchObject({ code: 'unknown_result', field: 'tasks.1.sees.results.1' });
  });
});

describe('lists of items', () => {
  const items = (count: number) => Array.from({ length: count }, (_, index) => index);

  test('count as tasks of the run', () => {
    expect(() => check({ type: 'x', forEach: { items: items(MAX_TASKS - 2) } })).not.toThrow();
    expect(faultOf(() => check({ type: 'x', forEach: { items: items(MAX_TASKS - 1) } }))).toMatchObject({
      code: 'too_many_tasks',
      field: 'tasks.1.forEach.items',
    });
  });

  test('count when they are added, too', () => {
    const existing = { has: () => false, size: MAX_TASKS - 10 };
    const added = (count: number) => [{ id: 't', type: 'x', forEach: { items: items(count) } }];
    expect(() => checkAddedTasks(existing, new Set(), added(9))).not.toThrow();
    expect(faultOf(() => checkAddedTasks(existing, new Set(), added(10))).code).toBe('too_many_tasks');
  });
});

describe('a vote', () => {
  const vote = (consensus: object, dependsOn: string[], more: object = {}) =>
    checkDefinition({
      name: 'demo',
      tasks: [
        { id: 'a', type: 'x' },
        { id: 'b', type: 'x', group: 'others' },
        { id: 'v', consensus, dependsOn },
      ],
      groups: { others: {} },
      ...more,
    });

  test('needs somebody who votes', () => {
    expect(faultOf(() => vote({}, []))).toMatchObject({ code: 'no_participants', field: 'tasks.2.dependsOn' });
  });

  test('weighs only who takes part', () => {
    const fault = faultOf(() => vote({ weights: { a: 1, z: 2 } }, ['a', 'b']));
    expect(fault).toMatchObject({ code: 'unknown_participant', field: 'tasks.2.consensus.weights.z' });
  });

  test('needs no more votes than there are, unless a group may still grow', () => {
    expect(() => vote({ quorum: 2 }, ['a', 'b'])).not.toThrow();
    expect(faultOf(() => vote({ quorum: 3 }, ['a', 'b']))).toMatchObject({
      code: 'quorum_too_high',
      field: 'tasks.2.consensus.quorum',
    });
    expect(() => vote({ quorum: 3, weights: { later: 2 } }, ['a', 'others'])).not.toThrow();
  });
});

describe('the types of work', () => {
  test.each([
    [{ type: 'y' }, 'type'],
    [{ type: 'x', fallback: { type: 'y' } }, 'fallback.type'],
    [{ type: 'x', undo: { type: 'y' } }, 'undo.type'],
    [{ workflow: { name: 'other' }, undo: { type: 'y' } }, 'undo.type'],
  ])('are all looked up: %j', (task, field) => {
    const definition = check(task);
    expect(faultOf(() => checkTaskTypes(definition, ['x']))).toMatchObject({
      code: 'unknown_task_type',
      field: `tasks.1.${field}`,
    });
    expect(() => checkTaskTypes(definition, ['x', 'y'])).not.toThrow();
  });

  test('are asked of nobody where no agent works', () => {
    expect(() => checkTaskTypes(check({ value: 1 }), ['x'])).not.toThrow();
  });
});
