import { describe, expect, test } from '@jest/globals';
import { resultOf, visibleResults } from '../../../lambdas/workflow/results.ts';
import { player } from '../../support/engine-player.ts';
import { RUN_ID, task, workflow } from '../../support/factories.ts';

const flow = (tasks: Parameters<typeof workflow>[0], more: Parameters<typeof workflow>[1] = {}) =>
  workflow(tasks, more);

describe('a condition', () => {
  const branches = flow([
    task('yes', { when: '{% $input.go %}' }),
    task('no', { when: '{% $not($input.go) %}' }),
    task('after-no', { dependsOn: ['no'] }),
    task('merge', { dependsOn: ['yes', 'after-no'] }),
  ]);

  test('that is false skips its task and what hangs on skipped tasks alone; a merge goes on', () => {
    const run = player(branches, { evaluations: { yes: { input: {} }, no: { when: false } } });
    expect(run.statuses()).toMatchObject({ yes: 'dispatched', no: 'skipped', 'after-no': 'skipped', merge: 'waiting' });
    run.complete('yes');
    expect(run.task('merge').status).toBe('dispatched');
    expect(Object.keys(visibleResults(run.state, run.task('merge')))).toEqual(['yes']);
    run.complete('merge');
    expect(run.state.phase).toBe('completed');
  });

  test('that skips everything completes the run with nothing in it', () => {
    const run = player(flow([task('a', { when: '{% false %}' }), task('b', { dependsOn: ['a'] })]), {
      evaluations: { a: { when: false } },
    });
    expect(run.statuses()).toEqual({ a: 'skipped', b: 'skipped' });
    expect(run.state.phase).toBe('completed');
  });
});

describe('a task for each item', () => {
  const each = (more: object = {}) =>
    flow([task('work', { forEach: { items: [10, 20, 30], ...more } }), task('sum', { dependsOn: ['work'] })]);

  test('makes its tasks, and its result is the list of theirs in the order of the items', () => {
    const run = player(each());
    expect(run.statuses()).toMatchObject({
      work: 'suspended',
      'work.0': 'dispatched',
      'work.2': 'dispatched',
      sum: 'waiting',
    });
    expect(run.task('work.1').item).toBe(20);
    run.complete('work.2', 'work.0', 'work.1');
    expect(run.task('sum').status).toBe('dispatched');
    const list = resultOf(run.state, 0);
    expect(list).toEqual({ list: [0, 1, 2].map((position) => ({ value: { done: `work.${position}` } })) });
  });

  test('works at no more than its limit at once', () => {
    const run = player(each({ limit: 2 }));
    expect(run.statuses()).toMatchObject({ 'work.0': 'dispatched', 'work.1': 'dispatched', 'work.2': 'waiting' });
    run.complete('work.1');
    expect(run.task('work.2').status).toBe('dispatched');
  });

  test('bears as many failures as it tolerates: their places are null', () => {
    const run = player(each({ tolerate: 1 }));
    run.fail('work.1', 'data');
    run.complete('work.0', 'work.2');
    expect(run.task('sum').status).toBe('dispatched');
    expect(resultOf(run.state, 0)).toMatchObject({ list: [{}, null, {}] });
  });

  test('fails with the item that broke it, and its other tasks are cancelled', () => {
    const run = player(each());
    run.fail('work.1', 'data');
    expect(run.state.phase).toBe('failed');
    expect(run.state.error?.message).toBe('item 1: it broke');
    expect(run.statuses()).toMatchObject({ work: 'failed', 'work.0': 'cancelled', sum: 'cancelled' });
  });

  test('that is optional leaves the run going when it fails', () => {
    const run = player(
      flow([task('work', { forEach: { items: [1, 2] }, optional: true }), task('sum', { dependsOn: ['work'] })]),
    );
    run.fail('work.0', 'data');
    expect(run.statuses()).toMatchObject({ work: 'failed', 'work.1': 'cancelled', sum: 'dispatched' });
  });

  test('of nothing is done at once', () => {
    const run = player(flow([task('work', { forEach: { items: [] } })]));
    expect(run.state.phase).toBe('completed');
    expect(resultOf(run.state, 0)).toEqual({ list: [] });
  });
});

describe('a group', () => {
  test('is waited for as a whole, with members that come later', () => {
    const run = player(
      flow([task('plan', { group: 'parts' }), task('report', { dependsOn: ['parts'] })], { groups: { parts: {} } }),
    );
    const [held] = run.state.tasks;
    const more = [task('p1', { group: 'parts' }), task('p2', { group: 'parts' })];
    run.turn([
      {
        type: 'status_update',
        messageId: 'm',
        sender: held?.agent ?? '',
        payload: {
          run_id: RUN_ID,
          agent: held?.agent ?? '',
          updates: [
            { status: 'completed', task_id: 'plan', attempt: 1, result: { value: 0 }, duration_ms: 1, tasks: more },
          ],
        },
      },
    ]);
    expect(run.statuses()).toEqual({ plan: 'completed', report: 'waiting', p1: 'dispatched', p2: 'dispatched' });
    run.complete('p1', 'p2');
    expect(run.task('report').status).toBe('dispatched');
    expect(visibleResults(run.state, run.task('report')).parts).toMatchObject({ list: [{ value: 0 }, {}, {}] });
  });

  test('with a limit lets the longest way to the end go first', () => {
    const members = ['a', 'b', 'c'].map((id) => task(id, { group: 'few' }));
    const run = player(flow([...members, task('end', { dependsOn: ['c'] })], { groups: { few: { limit: 1 } } }));
    expect(run.statuses()).toMatchObject({ a: 'waiting', b: 'waiting', c: 'dispatched' });
    run.complete('c');
    expect(run.statuses()).toMatchObject({ a: 'dispatched', b: 'waiting', end: 'dispatched' });
  });

  test('tolerates so many failures and no more', () => {
    const tasks = ['a', 'b', 'c'].map((id) => task(id, { group: 'some' }));
    const run = player(flow(tasks, { groups: { some: { tolerate: 1 } } }));
    run.fail('a', 'data');
    expect(run.state.phase).toBe('running');
    run.fail('b', 'data');
    expect(run.state.phase).toBe('failed');
  });
});

describe('an event that a task waits for', () => {
  const waiting = flow([
    { id: 'pay', waitFor: { event: 'paid', key: '42' }, timeoutSeconds: 60 },
    task('ship', { dependsOn: ['pay'] }),
  ]);

  test('completes the task with what it carries; another key does not', () => {
    const run = player(waiting);
    run.signal('paid', 'no', { key: '41' });
    expect(run.task('pay').status).toBe('suspended');
    run.signal('paid', 'yes', { key: '42', id: 'paid-2' });
    expect(run.task('pay')).toMatchObject({ status: 'completed', result: { value: 'yes' } });
    expect(run.task('ship').status).toBe('dispatched');
  });

  test('that came before its task began is not lost, and counts once', () => {
    const late = flow([
      task('first'),
      { id: 'pay', waitFor: { event: 'paid' }, dependsOn: ['first'] },
      { id: 'again', waitFor: { event: 'paid' }, dependsOn: ['pay'] },
    ]);
    const run = player(late);
    run.signal('paid', 'early');
    run.signal('paid', 'early');
    run.complete('first');
    expect(run.task('pay')).toMatchObject({ status: 'completed', result: { value: 'early' } });
    expect(run.task('again').status).toBe('suspended');
  });

  test('that does not come in time fails the task', () => {
    const run = player(waiting);
    run.wake(60_000);
    expect(run.state.error).toMatchObject({ code: 'wait_timeout' });
  });
});

describe('a question to a person', () => {
  const asking = flow([{ id: 'ok', ask: { question: 'Ship it?' }, timeoutSeconds: 60 }]);

  test('is answered once, by one of its options', () => {
    const run = player(asking);
    expect(run.decide('ok', 'perhaps')).toMatchObject([{ type: 'message_refused', code: 'decision_refused' }]);
    run.decide('ok', 'approve');
    expect(run.task('ok').result).toEqual({ value: { decision: 'approve', comment: '', decided_by: 'ann' } });
    expect(run.state.phase).toBe('completed');
    expect(run.decide('ok', 'reject')).toMatchObject([{ type: 'message_refused', decision: 'reject', by: 'ann' }]);
  });

  test('that comes twice by a crash on the way counts once, without a complaint', () => {
    const run = player(asking);
    run.decide('ok', 'approve', { event_id: 'e1' });
    expect(run.decide('ok', 'approve', { event_id: 'e1' })).toEqual([]);
  });

  test('that nobody answers in time is no yes', () => {
    const run = player(asking);
    run.wake(60_000);
    expect(run.state).toMatchObject({ phase: 'failed', error: { code: 'no_decision' } });
  });

  test('is not answered by an answer to an older question', () => {
    const run = player(asking);
    expect(run.decide('ok', 'approve', { decision_id: 'ok#0' })).toMatchObject([{ type: 'message_refused' }]);
  });
});

describe('a sub-workflow', () => {
  const outer = flow([{ id: 'inner', workflow: { name: 'other' } }, task('after', { dependsOn: ['inner'] })]);
  const ended = (run: ReturnType<typeof player>, outcome: object) => {
    const { on, attempt } = run.task('inner');
    if (on?.for !== 'run') throw new Error('inner is no run');
    const payload = { run_id: RUN_ID, task_id: 'inner', attempt, child_run_id: on.runId, duration_ms: 7 };
    return run.turn([{ type: 'child_ended', payload: { ...payload, outcome } as never }]);
  };

  test('is a run of its own, whose result is the result of the task', () => {
    const run = player(outer);
    expect(run.task('inner')).toMatchObject({ status: 'suspended', on: { for: 'run', workflow: 'other', version: 1 } });
    ended(run, { result: { value: { x: 1 } } });
    expect(run.task('inner')).toMatchObject({ status: 'completed', result: { value: { x: 1 } } });
    expect(run.task('after').status).toBe('dispatched');
  });

  test('that fails for good fails the task, and is tried anew when that may help', () => {
    const run = player(outer);
    const before = run.task('inner').on;
    ended(run, { error: { code: 'x', class: 'recoverable', message: 'not now' } });
    expect(run.task('inner').status).toBe('backoff');
    run.wake(5_000);
    expect(run.task('inner')).toMatchObject({ status: 'suspended', attempt: 2 });
    expect(run.task('inner').on).not.toEqual(before);
    ended(run, { error: { code: 'x', class: 'data', message: 'never' } });
    expect(run.state.phase).toBe('failed');
  });
});

describe('a value', () => {
  test('is computed within the turn, and so are those that depend on it', () => {
    const run = player(
      flow([{ id: 'one', value: 1 }, { id: 'two', value: 2, dependsOn: ['one'] }, task('go', { dependsOn: ['two'] })]),
    );
    expect(run.statuses()).toEqual({ one: 'completed', two: 'completed', go: 'dispatched' });
  });
});
