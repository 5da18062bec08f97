import { describe, expect, test } from '@jest/globals';
import { NO_USAGE } from '../../../lambdas/contracts/usage.ts';
import { completed, failed, report, task } from '../../support/factories.ts';
import { delegated, delegating, help } from './delegation-player.ts';

describe('a task that delegates', () => {
  test('waits until its own tasks are over, and then goes on with their answers', () => {
    const run = delegating();
    run.delegate('a', help('a..1-call'), { id: 'a..2-sleep', sleep: { seconds: 60 } });
    expect(run.statuses()).toMatchObject({ a: 'suspended', 'a..1-call': 'dispatched', 'a..2-sleep': 'suspended' });
    expect(run.task('a')).toMatchObject({ on: { for: 'tasks' }, attempt: 1 });
    run.complete('a..1-call');
    expect(run.statuses().a).toBe('suspended');
    run.wake(60_000);
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 2, forgiven: 1, agent: 'worker' });
    expect(run.answers('a')).toEqual({
      '1-call': { result: { value: { done: 'a..1-call' } } },
      '2-sleep': { result: { value: null } },
    });
    run.complete('a');
    run.complete('b');
    expect(run.state.phase).toBe('completed');
  });

  test('delegates once, however often the same report comes', () => {
    const run = delegating();
    run.delegate('a', help('a..1-call'));
    const again = report([delegated('a', 1, [help('a..1-call')])]);
    expect(run.turn([again])).toEqual([]);
    run.complete('a..1-call');
    expect(run.turn([again])).toEqual([]);
    expect(run.state.tasks.map(({ definition }) => definition.id)).toEqual(['a', 'b', 'a..1-call']);
  });

  test('spends no retry on it, and keeps its answers when an attempt fails after', () => {
    const run = delegating([task('a', { retry: { maxAttempts: 2, intervalSeconds: 1 } })]);
    for (const round of [1, 2, 3]) {
      run.delegate('a', help(`a..${round}-call`));
      run.complete(`a..${round}-call`);
    }
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 4 });
    run.fail('a', 'recoverable');
    run.wake(2_000);
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 5 });
    expect(Object.keys(run.answers('a'))).toEqual(['1-call', '2-call', '3-call']);
  });

  test('is told what its own tasks failed with: none of them fails, pauses or degrades the run', () => {
    const run = delegating(undefined, { escalate: 'person' });
    run.delegate('a', help('a..1-call', { retry: { maxAttempts: 1 } }), { id: 'a..2-value', type: 'work' });
    run.fail('a..1-call', 'recoverable');
    expect(run.task('a..1-call')).toMatchObject({ status: 'failed', tolerated: true });
    run.complete('a..2-value');
    expect(run.answers('a')).toMatchObject({ '1-call': { error: { code: 'broken' } }, '2-value': { result: {} } });
    run.complete('a');
    const events = run.complete('b');
    expect(run.state.phase).toBe('completed');
    expect(
      run.effects(events).some((effect) => effect.type === 'publish' && effect.event.name === 'task_degraded'),
    ).toBe(false);
  });

  test('lets its own tasks depend on each other by the names of its code', () => {
    const run = delegating();
    run.delegate(
      'a',
      help('a..1.first'),
      help('a..1.second', { dependsOn: ['a..1.first'], input: '{% $results.first %}' }),
    );
    expect(run.statuses()).toMatchObject({ 'a..1.first': 'dispatched', 'a..1.second': 'waiting' });
    run.fail('a..1.first');
    expect(run.statuses()).toMatchObject({ 'a..1.first': 'failed', 'a..1.second': 'dispatched' });
  });

  test('gives its own tasks its own urgency, unless they have one', () => {
    const run = delegating([task('a', { priority: 4 })]);
    run.delegate('a', help('a..1-call'), help('a..2-call', { priority: 1 }));
    expect(run.task('a..1-call').definition.priority).toBe(4);
    expect(run.task('a..2-call').definition.priority).toBe(1);
  });

  test('hides from its own tasks what it may not see itself', () => {
    const run = delegating([task('a', { sees: { input: ['shown'] } })]);
    run.delegate('a', help('a..1-call'), help('a..2-call', { sees: { input: ['shown', 'hidden'] } }));
    expect(run.task('a..1-call').definition.sees).toEqual({ input: ['shown'] });
    expect(run.task('a..2-call').definition.sees).toEqual({ input: ['shown'] });
  });

  test('may delegate to tasks that delegate', () => {
    const run = delegating();
    run.delegate('a', help('a..1-call'));
    run.delegate('a..1-call', { id: 'a..1-call..1-ask', ask: { question: 'may I?' } });
    expect(run.statuses()).toMatchObject({ a: 'suspended', 'a..1-call': 'suspended', 'a..1-call..1-ask': 'suspended' });
    run.decide('a..1-call..1-ask', 'approve');
    expect(run.statuses()).toMatchObject({ a: 'suspended', 'a..1-call': 'dispatched' });
    run.complete('a..1-call');
    expect(run.statuses()).toMatchObject({ a: 'dispatched' });
  });
});

describe('tasks that nobody can run', () => {
  const bad: ReadonlyArray<readonly [what: string, code: string, own: Parameters<typeof help>[1] & { id: string }]> = [
    ['an unknown type', 'unknown_task_type', help('a..1-call', { type: 'nobody.can' })],
    ["another task's id", 'foreign_task', help('c')],
    ['a dependency outside', 'foreign_task', help('a..1.x', { dependsOn: ['b'] })],
    ['".." in the key', 'reserved_name', help('a..1-call..2')],
    ['a name of the engine', 'reserved_name', help('a..1.x.undo')],
    ['a group', 'unknown_group', help('a..1.x', { group: 'g' })],
    ['a circle', 'cyclic_graph', help('a..1.x', { dependsOn: ['a..1.x'] })],
    ['no kind', 'task_kind', { id: 'a..1.x' }],
    ['an id that is too long', 'id_too_long', help(`a..1.${'x'.repeat(120)}`)],
  ];

  test.each(bad)('%s fails the task that delegates it, for good', (_, code, own) => {
    const run = delegating();
    run.delegate('a', own);
    expect(run.task('a')).toMatchObject({ status: 'failed', error: { code, class: 'data' } });
    expect(run.state.phase).toBe('failed');
    expect(run.state.tasks.length).toBe(2);
  });

  test('the same key in a later attempt fails the task', () => {
    const run = delegating();
    run.delegate('a', help('a..1-call'));
    run.complete('a..1-call');
    run.delegate('a', help('a..1-call'));
    expect(run.task('a')).toMatchObject({ status: 'failed', error: { code: 'duplicate_task' } });
  });

  test('work of work of work ends at a depth', () => {
    const run = delegating(undefined, {}, {});
    let id = 'a';
    for (let depth = 1; depth <= 9; depth += 1) {
      const next = `${id}..1-call`;
      run.delegate(id, help(next));
      if (depth === 9) expect(run.task(id).error).toMatchObject({ code: 'too_deep', class: 'data' });
      else expect(run.statuses()[next]).toBe('dispatched');
      id = next;
    }
  });

  test('nobody else may depend on what a task has delegated', () => {
    const run = delegating([task('a'), task('b')]);
    run.delegate('a', help('a..1-call'));
    const tasks = [{ id: 'c', type: 'work', dependsOn: ['a..1-call'] }];
    run.turn([report([completed('b', { tasks })])]);
    expect(run.task('b')).toMatchObject({ status: 'failed', error: { code: 'unknown_dependency' } });
  });

  test('only the holder of the current attempt may delegate', () => {
    const run = delegating();
    expect(run.turn([report([delegated('a', 1, [help('a..1-call')])], 'helper')])).toMatchObject([
      { type: 'message_refused', code: 'not_the_holder' },
    ]);
    run.fail('a', 'recoverable');
    run.wake(60_000);
    expect(run.turn([report([delegated('a', 1, [help('a..1-call')])])])).toEqual([]);
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 2 });
  });
});

describe('when its owner is over', () => {
  test('its own tasks are cancelled with it, and their own, and the runs that they had begun', () => {
    const each = task('each', { forEach: { items: [0, 1] } });
    const run = delegating([each]);
    run.delegate('each.0', help('each.0..1-call'), { id: 'each.0..2-run', workflow: { name: 'other' } });
    run.delegate('each.0..1-call', { id: 'each.0..1-call..1-sleep', sleep: { seconds: 5 } });
    const events = run.turn([report([failed('each.1', { error: { code: 'x', class: 'data', message: 'x' } })])]);
    expect(run.statuses()).toMatchObject({
      'each.0': 'cancelled',
      'each.0..1-call': 'cancelled',
      'each.0..2-run': 'cancelled',
      'each.0..1-call..1-sleep': 'cancelled',
    });
    expect(run.effects(events)).toContainEqual(expect.objectContaining({ type: 'cancel_child' }));
  });

  test('one report may speak of it and of what it had delegated: each ends once', () => {
    const run = delegating([task('a', { timeoutSeconds: 10 }), task('b')]);
    run.wake(10_000);
    run.delegate('a', { id: 'a..1-call', type: 'work' });
    run.turn([report([completed('a..1-call'), completed('a', { attempt: 1 })])]);
    expect(run.statuses()).toMatchObject({ a: 'completed', 'a..1-call': 'cancelled' });
    expect(run.state.open).toBe(1);
    run.turn([report([completed('b', { attempt: run.task('b').attempt })])]);
    expect(run.state.phase).toBe('completed');
  });

  test('the items of what it had delegated are cancelled with it, and nothing comes of them', () => {
    const run = delegating([task('a', { timeoutSeconds: 10 })]);
    run.wake(10_000);
    run.delegate('a', help('a..1.each', { forEach: { items: [1, 2] } }), { id: 'a..2-sleep', sleep: { seconds: 60 } });
    run.turn([report([completed('a', { attempt: 1 })])]);
    expect(run.statuses()).toEqual({
      ...{ a: 'completed', 'a..1.each': 'cancelled', 'a..2-sleep': 'cancelled' },
      ...{ 'a..1.each.0': 'cancelled', 'a..1.each.1': 'cancelled' },
    });
  });

  test('a late completion of an earlier attempt ends what it had delegated since', () => {
    const run = delegating([task('a', { timeoutSeconds: 10 })]);
    run.wake(10_000);
    expect(run.task('a')).toMatchObject({ attempt: 2, status: 'dispatched' });
    run.delegate('a', help('a..1-call'));
    run.turn([report([completed('a', { attempt: 1 })])]);
    expect(run.statuses()).toEqual({ a: 'completed', 'a..1-call': 'cancelled' });
    expect(run.state.phase).toBe('completed');
  });
});

describe('time', () => {
  test('of an attempt does not pass while it waits, the deadline of the run does', () => {
    const run = delegating([task('a', { timeoutSeconds: 10 })], { timeoutSeconds: 3_600 });
    run.delegate('a', { id: 'a..1-sleep', sleep: { seconds: 3_000 } });
    run.wake(1_000_000);
    expect(run.statuses().a).toBe('suspended');
    run.wake(2_000_000);
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 2, due: run.now() + 10_000 });
    run.delegate('a', { id: 'a..2-sleep', sleep: { seconds: 3_000 } });
    run.wake(600_000);
    expect(run.state).toMatchObject({ phase: 'failed', error: { code: 'workflow_deadline' } });
    expect(run.statuses()).toMatchObject({ a: 'cancelled', 'a..2-sleep': 'cancelled' });
  });
});

describe('usage', () => {
  const used = (usd: number) => ({ ...NO_USAGE, usd, model_calls: 1 });

  test('of all attempts is summed for the task and for the run, and told with its end', () => {
    const run = delegating([task('a')]);
    run.turn([report([delegated('a', 1, [help('a..1-call')], used(1))])]);
    run.turn([report([completed('a..1-call', { usage: used(8) })], 'helper')]);
    run.turn([report([failed('a', { attempt: 2, usage: used(2) })])]);
    run.wake(60_000);
    const events = run.turn([report([completed('a', { attempt: 3, usage: used(4) })])]);
    expect(run.task('a').usage).toEqual({ ...NO_USAGE, usd: 7, model_calls: 3 });
    expect(run.task('a..1-call').usage?.usd).toBe(8);
    expect(run.state.usage).toEqual({ ...NO_USAGE, usd: 15, model_calls: 4 });
    expect(run.effects(events)).toContainEqual(
      expect.objectContaining({
        event: {
          name: 'task_completed',
          detail: expect.objectContaining({ usage: { ...NO_USAGE, usd: 7, model_calls: 3 } }),
        },
      }),
    );
  });

  test('of an attempt counts once', () => {
    const run = delegating([task('a'), task('b')]);
    const said = report([completed('a', { usage: used(1) })]);
    run.turn([said]);
    run.turn([said]);
    expect(run.state.usage?.usd).toBe(1);
  });
});
