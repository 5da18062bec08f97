import { describe, expect, test } from '@jest/globals';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import type { JournalEntry } from '../../../lambdas/workflow/journal.ts';
import { viewOf } from '../../simulation/view/journal-view.ts';

const RUN_ID = `run_${'0'.repeat(40)}`;
const started: RunEvent = {
  type: 'run_started',
  request: { request_id: 'r', tenant: 'default', correlation_id: 'c', requested_by: 'test', priority: 2 },
  definition: {
    value: {
      ...{ name: 'w', version: 1, description: '', timeoutSeconds: 60, events: 'task' },
      tasks: [
        { id: 'a', type: 'work' },
        { id: 'b', type: 'work', dependsOn: ['a'] },
      ],
    },
  },
  input: { value: {} },
  deadline: 60_000,
};
const dispatched = (task: number, attempt = 1): RunEvent => ({
  ...{ type: 'tasks_dispatched', agent: 'worker', lane: 'standard', attempt, notAfter: 1_000, tasks: [task], why: '' },
});
const done = (task: number): RunEvent => ({
  ...{ type: 'tasks_completed', agent: 'worker', done: [[task, 1, 5, { value: 1 }]] },
});
/** Each list is one entry. */
const journal = (...turns: RunEvent[][]): JournalEntry[] =>
  turns.map((events, index) => ({ seq: index + 1, turnId: `${index}`, at: index, confirmed: index, events }));
const faultsOf = (...turns: RunEvent[][]): readonly string[] => viewOf(RUN_ID, journal(...turns)).faults;

describe('a journal held against what may follow what', () => {
  test('a run that goes as it should has no faults', () => {
    const good = [
      [started, dispatched(0)],
      [done(0), dispatched(1)],
      [done(1), { type: 'run_completed' } as const],
    ];
    expect(faultsOf(...good)).toEqual([]);
  });

  test.each<[string, RunEvent[][]]>([
    ['a task that begins before its dependency is over', [[started, dispatched(1)]]],
    ['a task that completes twice', [[started, dispatched(0)], [done(0)], [done(0)]]],
    ['an attempt that skips a number', [[started, dispatched(0, 2)]]],
    [
      'a run that completes with an open task',
      [
        [started, dispatched(0)],
        [done(0), { type: 'run_completed' }],
      ],
    ],
    ['what is done after the end', [[started, { type: 'run_cancelled', reason: '', by: '' }], [dispatched(0)]]],
    ['a start after a start', [[started], [started]]],
    ['work before the start', [[dispatched(0)]]],
    ['an entry without events', [[started], []]],
  ])('finds %s', (_, turns) => {
    expect(faultsOf(...turns)).not.toEqual([]);
  });

  describe('of a run that goes on', () => {
    const asks = (task: number): RunEvent[] => [
      { type: 'attempt_failed', task, attempt: 1, error: failure, willRetry: false, agent: 'worker' },
      { type: 'task_suspended', task, attempt: 1, on: { ...question, id: `q${task}` } },
    ];
    const failure = { code: 'down', class: 'system', message: 'down' } as const;
    const question = { for: 'decision', question: '?', options: ['retry'], error: failure, pauses: true } as const;
    const paused: RunEvent = { type: 'run_paused', reason: '' };
    const resumed: RunEvent = { type: 'run_resumed', by: 'ann', deadline: 60_000 };
    const retried: RunEvent = { type: 'decision_taken', task: 0, id: 'q0', decision: 'retry', by: 'ann' };

    test('finds a task that nobody gave fresh attempts', () => {
      expect(faultsOf([started, dispatched(0)], [...asks(0), paused], [resumed])).not.toEqual([]);
    });

    test('takes one that has had them, and waits for its agent since, for no such task', () => {
      const held: RunEvent = { type: 'tasks_held', tasks: [0], reason: 'breaker', until: 9_000 };
      const again: RunEvent[] = [paused, { ...resumed, deadline: 70_000 }];
      expect(faultsOf([started, dispatched(0)], [...asks(0), paused], [retried, resumed, held], again)).toEqual([]);
    });
  });

  test('finds a gap in the numbers and time that runs back', () => {
    const [first, second] = journal([started], [dispatched(0)]);
    if (!first || !second) throw new Error('two entries were made');
    expect(viewOf(RUN_ID, [first, { ...second, seq: 3 }]).faults).toEqual(['M: entry 3 follows 1']);
    expect(viewOf(RUN_ID, [first, { ...second, at: -1 }]).faults).toEqual(['M: time runs back at entry 2']);
  });
});
