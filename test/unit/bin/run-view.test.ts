import { describe, expect, test } from '@jest/globals';
import { changesBetween, headline, taskTable, verdict } from '../../../bin/views/run-display.ts';
import { foldEntries, NEW_RUN, resultTasks, taskCounts } from '../../../bin/views/run-view.ts';
import { WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import type { JournalEntry } from '../../../lambdas/workflow/journal.ts';

const definition = WorkflowDefinition.parse({
  name: 'etl.demo',
  tasks: [
    { id: 'extract', type: 'etl.extract' },
    { id: 'load', type: 'etl.load', dependsOn: ['extract'] },
  ],
});
const started: RunEvent = {
  type: 'run_started',
  request: { request_id: 'r', tenant: 'default', correlation_id: 'c', requested_by: 'test', priority: 2 },
  definition: { value: definition },
  input: { value: {} },
  deadline: 9_000,
};
const dispatched = (task: number, attempt = 1): RunEvent => ({
  type: 'tasks_dispatched',
  agent: 'etl-extractor',
  lane: 'standard',
  attempt,
  notAfter: 5_000,
  tasks: [task],
  why: 'least loaded',
});
const error = { code: 'source_unreachable', class: 'system', message: 'the database does not answer' } as const;
const entries = (...turns: RunEvent[][]): JournalEntry[] =>
  turns.map((events, index) => ({
    seq: index + 1,
    turnId: `t${index}`,
    at: 1_000 * (index + 1),
    confirmed: 0,
    events,
  }));
const view = (...turns: RunEvent[][]) => foldEntries(NEW_RUN, entries(...turns));

describe('the view of a run', () => {
  test('shows tasks in the order of the definition, waiting for each other', () => {
    const seen = view([started, dispatched(0)]);
    expect(seen.tasks.map(({ id, status }) => [id, status])).toEqual([
      ['extract', 'running'],
      ['load', 'waiting'],
    ]);
    expect(seen).toMatchObject({ workflow: 'etl.demo', status: 'running', startedAt: 1_000, seq: 1 });
  });

  test('keeps who did a task, why that agent, in which attempt and how long it took', () => {
    const seen = view(
      [started],
      [dispatched(0, 2)],
      [{ type: 'tasks_completed', agent: 'etl-extractor', done: [[0, 2, 750, { value: { rows: 3 } }]] }],
    );
    expect(seen.tasks[0]).toMatchObject({
      status: 'completed',
      attempt: 2,
      agent: 'etl-extractor',
      why: 'least loaded',
      durationMs: 750,
      dispatchedAt: 2_000,
      endedAt: 3_000,
    });
    expect(taskCounts(seen)).toEqual({ waiting: 1, running: 0, retrying: 0, completed: 1, failed: 0 });
  });

  test('tells a task that will be tried again from one that has failed for good', () => {
    const failure: RunEvent = {
      type: 'attempt_failed',
      task: 0,
      attempt: 1,
      agent: 'etl-extractor',
      error,
      willRetry: true,
    };
    const waiting = view(
      [started, dispatched(0)],
      [failure, { type: 'retry_scheduled', task: 0, attempt: 2, at: 4_000 }],
    );
    expect(waiting.tasks[0]).toMatchObject({ status: 'retrying', nextAttemptAt: 4_000, error });
    expect(waiting.failedAttempts).toBe(1);

    const given = view(
      [started, dispatched(0)],
      [failure, { type: 'task_failed', task: 0, error }, { type: 'run_failed', task: 0, error }],
    );
    expect(given).toMatchObject({ status: 'failed', failedTask: 'extract', endedAt: 2_000 });
    expect(verdict(given)).toContain('task extract: source_unreachable: the database does not answer');
  });

  test('forgets the error of an earlier attempt once the task is done', () => {
    const seen = view(
      [started, dispatched(0)],
      [{ type: 'attempt_failed', task: 0, attempt: 1, agent: 'etl-extractor', error, willRetry: true }],
      [dispatched(0, 2), { type: 'tasks_completed', agent: 'etl-extractor', done: [[0, 2, 5, { value: null }]] }],
    );
    expect(seen.tasks[0]?.error).toBeUndefined();
    expect(seen.failedAttempts).toBe(1);
  });

  test('adds the tasks of a decomposition behind those of the definition', () => {
    const seen = view(
      [started],
      [{ type: 'tasks_added', by: 0, tasks: { value: [{ id: 'extra', type: 'etl.load' }] } }],
    );
    expect(seen.tasks.map(({ id }) => id)).toEqual(['extract', 'load', 'extra']);
  });

  test('gives the same view whether entries come at once or one by one', () => {
    const all = entries([started, dispatched(0)], [{ type: 'run_cancelled', reason: 'no longer needed', by: 'me' }]);
    const stepwise = all.reduce((folded, entry) => foldEntries(folded, [entry]), NEW_RUN);
    expect(stepwise).toEqual(foldEntries(NEW_RUN, all));
    expect(stepwise).toMatchObject({ status: 'cancelled', reason: 'no longer needed' });
  });

  test('takes the results of the tasks nobody depends on, unless the definition names others', () => {
    expect(resultTasks(view([started])).map(({ id }) => id)).toEqual(['load']);
    const named: RunEvent = { ...started, definition: { value: { ...definition, output: ['extract'] } } };
    expect(resultTasks(view([named])).map(({ id }) => id)).toEqual(['extract']);
  });
});

describe('a run on the terminal', () => {
  test('says for each change what happened, and nothing when nothing did', () => {
    const before = view([started]);
    const after = foldEntries(before, [{ seq: 2, turnId: 't', at: 2_000, confirmed: 0, events: [dispatched(0, 2)] }]);
    expect(changesBetween(before, after)).toEqual([
      expect.stringContaining('extract running · etl-extractor (attempt 2)'),
    ]);
    expect(changesBetween(after, after)).toEqual([]);
  });

  test('shows the unfinished tasks of a long run first and counts the rest', () => {
    const tasks = Array.from({ length: 50 }, (_, index) => ({ id: `t${index}`, type: 'etl.load' }));
    const long: RunEvent = { ...started, definition: { value: { ...definition, tasks } } };
    const seen = view([long], [dispatched(49)]);
    const text = taskTable(seen, 3_000, 10);
    expect(text).toContain('t49');
    expect(text).toContain('and 40 more');
    expect(headline(seen, 3_000)).toContain('0 of 50 tasks done');
  });
});
