import { describe, expect, test } from '@jest/globals';
import { percentile, summarise } from '../../../bin/cloud/read-figures.ts';
import type { RunView, TaskView } from '../../../lambdas/views/run-view.ts';
import { runView, taskView } from './journal.ts';

const task = (overrides: Partial<TaskView>) => taskView({ agent: 'etl-loader', ...overrides });
const attempts = (...outcomes: Array<'completed' | 'failed' | 'silent' | 'rerouted'>) =>
  outcomes.map((outcome, index) => ({ attempt: index + 1, at: 0, agent: 'etl-loader', outcome }));
const run = (status: RunView['status'], tasks: TaskView[], failedAttempts = 0): RunView =>
  runView({ status, tasks, failedAttempts });

describe('percentile', () => {
  test('is the smallest value that the share of values does not exceed', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(values, 0.95)).toBe(95);
    expect(percentile([7], 0.95)).toBe(7);
    expect(percentile([], 0.95)).toBe(0);
  });
});

describe('the main figures', () => {
  test('count runs by status and tasks and failed attempts over all of them', () => {
    const figures = summarise(
      [
        run(
          'completed',
          [task({ durationMs: 100 }), task({ durationMs: 300, attempts: attempts('failed', 'silent', 'completed') })],
          2,
        ),
        run('failed', [task({ status: 'failed', attempts: attempts('failed', 'failed', 'rerouted', 'failed') })], 3),
      ],
      new Map([['etl-loader', 4]]),
    );
    expect(figures.runs).toMatchObject({ completed: 1, failed: 1, running: 0 });
    expect(figures).toMatchObject({ tasks_completed: 2, tasks_failed: 1, failed_attempts: 5, p95_ms: 300 });
    expect(figures.agents).toEqual([
      { agent: 'etl-loader', tasks_completed: 2, failed_attempts: 5, error_rate: 5 / 7, p95_ms: 300, queue_depth: 4 },
    ]);
  });

  test('leave waits for events and people out of the response time', () => {
    const wait = taskView({ durationMs: 3_600_000 });
    expect(summarise([run('completed', [wait, task({ durationMs: 100 })])], new Map()).p95_ms).toBe(100);
  });

  test('show an agent that has done nothing yet with zeros', () => {
    expect(summarise([], new Map([['etl-loader', 0]])).agents).toEqual([
      { agent: 'etl-loader', tasks_completed: 0, failed_attempts: 0, error_rate: 0, p95_ms: 0, queue_depth: 0 },
    ]);
  });
});
