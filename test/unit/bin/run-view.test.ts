import { describe, expect, test } from '@jest/globals';
import { foldEntries, newFold } from '../../../lambdas/views/run-fold.ts';
import { countTasks, hasEnded, resultTasks, viewOf } from '../../../lambdas/views/run-view.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import { RUN_ID } from '../../support/factories.ts';
import { completed, dispatched, entries, failed, failure, started, suspended, view } from './journal.ts';

const pair = started([
  { id: 'extract', type: 'etl.extract' },
  { id: 'load', type: 'etl.load', dependsOn: ['extract'] },
]);

describe('the view of a run', () => {
  test('shows tasks in the order of the definition, waiting for each other', () => {
    const seen = view([pair, dispatched(0)]);
    expect(seen.tasks.map(({ id, status }) => [id, status])).toEqual([
      ['extract', 'running'],
      ['load', 'waiting'],
    ]);
    expect(seen).toMatchObject({ workflow: 'etl.demo', status: 'running', startedAt: 1_000, seq: 1 });
  });

  test('keeps who did a task, why that agent, in which attempt and how long it took', () => {
    const seen = view([pair], [dispatched(0, { attempt: 2 })], [completed(0, 2)]);
    expect(seen.tasks[0]).toMatchObject({
      status: 'completed',
      attempt: 2,
      agent: 'etl-extractor',
      why: 'least loaded',
      durationMs: 750,
      dispatchedAt: 2_000,
      endedAt: 3_000,
    });
    expect(countTasks(seen.tasks)).toMatchObject({ ready: 1, waiting: 0, running: 0, completed: 1, failed: 0 });
  });

  test('tells a task that will be tried again from one that has failed for good', () => {
    const waiting = view(
      [pair, dispatched(0)],
      [failed(0), { type: 'retry_scheduled', task: 0, attempt: 2, at: 4_000 }],
    );
    expect(waiting.tasks[0]).toMatchObject({ status: 'retrying', nextAttemptAt: 4_000, error: failure });
    expect(waiting.failedAttempts).toBe(1);

    const given = view(
      [pair, dispatched(0)],
      [failed(0), { type: 'task_failed', task: 0, error: failure }, { type: 'run_failed', task: 0, error: failure }],
    );
    expect(given).toMatchObject({ status: 'failed', failedTask: 'extract', endedAt: 2_000, error: failure });
    expect(given.tasks.map(({ status }) => status)).toEqual(['failed', 'cancelled']);
    expect(hasEnded(given)).toBe(true);
  });

  test('forgets the error of an earlier attempt once the task is done, but not the attempt', () => {
    const seen = view([pair, dispatched(0)], [failed(0)], [dispatched(0, { attempt: 2 }), completed(0, 2)]);
    expect(seen.tasks[0]?.error).toBeUndefined();
    expect(seen.failedAttempts).toBe(1);
    expect(seen.tasks[0]?.attempts).toMatchObject([
      { attempt: 1, outcome: 'failed', error: failure, at: 1_000, endedAt: 2_000 },
      { attempt: 2, outcome: 'completed', at: 3_000, endedAt: 3_000 },
    ]);
  });

  test('does not count work that moved to another agent as a failed attempt', () => {
    const seen = view([pair, dispatched(0)], [failed(0, { rerouted: true })]);
    expect(seen.failedAttempts).toBe(0);
    expect(seen.tasks[0]?.attempts).toMatchObject([{ outcome: 'rerouted' }]);
  });

  test('adds the tasks of a decomposition behind those of the definition', () => {
    const added: RunEvent = { type: 'tasks_added', by: 0, tasks: { value: [{ id: 'extra', type: 'etl.load' }] } };
    expect(view([pair], [added]).tasks.map(({ id }) => id)).toEqual(['extract', 'load', 'extra']);
  });

  test('knows for each task of a forEach whose it is', () => {
    const each = started([{ id: 'score', type: 'etl.load', forEach: { items: [], limit: 1 } }]);
    const seen = view([each], [{ type: 'items_expanded', task: 0, items: { value: ['a', 'b'] } }]);
    expect(seen.tasks.map(({ id, parent, status, inLineFor }) => [id, parent, status, inLineFor])).toEqual([
      ['score', undefined, 'suspended', undefined],
      ['score.0', 'score', 'ready', undefined],
      ['score.1', 'score', 'waiting', 'score'],
    ]);
  });

  test('gives a forEach the list of what its tasks answered, with nothing for those that failed', () => {
    const each = started([{ id: 'score', type: 'etl.load', forEach: { items: [] } }]);
    const seen = view(
      [each, { type: 'items_expanded', task: 0, items: { value: ['a', 'b'] } }],
      [dispatched(1), dispatched(2)],
      [completed(1), failed(2), { type: 'task_failed', task: 2, error: failure, tolerated: true }],
      [{ type: 'tasks_completed', done: [[0, 1, 5, { value: null }]] }],
    );
    expect(seen.tasks[0]?.result).toEqual({ list: [{ value: 1 }, null] });
    expect(seen.tasks[2]).toMatchObject({ tolerated: true, degraded: 'missing' });
    expect(resultTasks(seen).map(({ id }) => id)).toEqual(['score']);
  });

  test('says what a suspended task waits for, since when and until when', () => {
    const wait = started([{ id: 'paid', waitFor: { event: 'payment' } }]);
    const seen = view([wait], [suspended(0, { for: 'event', event: 'payment', key: '42' }, 60_000)]);
    expect(seen.tasks[0]).toMatchObject({
      type: 'wait_for',
      status: 'suspended',
      on: { for: 'event', event: 'payment', key: '42' },
      since: 2_000,
      until: 60_000,
    });
  });

  test('shows what is taken back, and why, before the run has ended', () => {
    const undoable = started([{ id: 'book', type: 'etl.load', undo: { type: 'etl.unload' } }]);
    const seen = view(
      [undoable, dispatched(0)],
      [completed(0)],
      [{ type: 'compensation_begun', outcome: { cancelled: 'too late', by: 'ada' }, deadline: 99_000 }],
      [{ type: 'undo_planned', tasks: [0] }],
    );
    expect(seen).toMatchObject({ status: 'compensating', reason: 'too late' });
    expect(seen.tasks[1]).toMatchObject({ id: 'book.undo', undoOf: 'book', status: 'ready' });
    expect(hasEnded(seen)).toBe(false);
  });

  test('is of a run that was only requested while nothing but events has come', () => {
    const early: RunEvent = { type: 'event_received', id: 'e1', event: 'payment', key: '42', payload: { value: 1 } };
    const seen = view([early]);
    expect(seen).toMatchObject({ status: 'requested', seq: 1, tasks: [] });
    expect(seen.mailbox).toEqual([{ id: 'e1', event: 'payment', key: '42' }]);
  });

  test('is the same whether entries come at once or one by one', () => {
    const all = entries(
      [pair, dispatched(0)],
      [failed(0), { type: 'retry_scheduled', task: 0, attempt: 2, at: 4_000 }],
      [{ type: 'retry_due', tasks: [0] }, dispatched(0, { attempt: 2 })],
      [{ type: 'run_cancelled', reason: 'no longer needed', by: 'me' }],
    );
    const stepwise = all.reduce((folded, entry) => foldEntries(folded, [entry]), newFold(RUN_ID));
    expect(viewOf(stepwise)).toEqual(viewOf(foldEntries(newFold(RUN_ID), all)));
    expect(viewOf(stepwise)).toMatchObject({ status: 'cancelled', reason: 'no longer needed' });
  });

  test('leaves the fold it goes on from as it was', () => {
    const [first, ...later] = entries([pair, dispatched(0)], [completed(0)]);
    const before = foldEntries(newFold(RUN_ID), first ? [first] : []);
    foldEntries(before, later);
    expect(viewOf(before).tasks[0]).toMatchObject({ status: 'running', attempts: [{ attempt: 1 }] });
    expect(viewOf(before).tasks[0]?.attempts[0]).not.toHaveProperty('outcome');
  });

  test('takes the results of the tasks nobody depends on, unless the definition names others', () => {
    expect(resultTasks(view([pair])).map(({ id }) => id)).toEqual(['load']);
    const named = started(
      [
        { id: 'extract', type: 'x' },
        { id: 'load', type: 'y' },
      ],
      { output: ['extract'] },
    );
    expect(resultTasks(view([named])).map(({ id }) => id)).toEqual(['extract']);
  });
});
