import { type TaskDefinition, WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { foldEntries, newFold, type RunFold } from '../../../lambdas/views/run-fold.ts';
import { NEW_RUN, type RunView, type TaskView, viewOf } from '../../../lambdas/views/run-view.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import type { JournalEntry } from '../../../lambdas/workflow/journal.ts';
import { RUN_ID } from '../../support/factories.ts';

/** Journals of made-up runs, as the command line reads them. Turn n happens at n seconds. */

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

export const failure = {
  code: 'source_unreachable',
  class: 'system',
  message: 'the database does not answer',
} as const;

export function started(
  tasks: readonly TaskDefinition[],
  more: Partial<WorkflowDefinition> = {},
): EventOf<'run_started'> {
  return {
    type: 'run_started',
    request: { request_id: 'r', tenant: 'default', correlation_id: 'c', requested_by: 'test', priority: 2 },
    definition: { value: WorkflowDefinition.parse({ name: 'etl.demo', tasks, ...more }) },
    input: { value: {} },
    deadline: 90_000,
  };
}

export function dispatched(
  task: number,
  overrides: Partial<EventOf<'tasks_dispatched'>> = {},
): EventOf<'tasks_dispatched'> {
  const sent = { agent: 'etl-extractor', lane: 'standard', attempt: 1, notAfter: 50_000, why: 'least loaded' } as const;
  return { type: 'tasks_dispatched', ...sent, tasks: [task], ...overrides };
}

export function completed(task: number, attempt = 1, durationMs = 750): EventOf<'tasks_completed'> {
  return { type: 'tasks_completed', agent: 'etl-extractor', done: [[task, attempt, durationMs, { value: task }]] };
}

export function failed(task: number, overrides: Partial<EventOf<'attempt_failed'>> = {}): EventOf<'attempt_failed'> {
  return {
    type: 'attempt_failed',
    task,
    attempt: 1,
    agent: 'etl-extractor',
    error: failure,
    willRetry: true,
    ...overrides,
  };
}

export function suspended(
  task: number,
  on: EventOf<'task_suspended'>['on'],
  until?: number,
): EventOf<'task_suspended'> {
  return { type: 'task_suspended', task, attempt: 1, on, ...(until !== undefined && { until }) };
}

export function entries(...turns: RunEvent[][]): JournalEntry[] {
  return turns.map((events, index) => ({
    seq: index + 1,
    turnId: `t${index}`,
    at: 1_000 * (index + 1),
    confirmed: 0,
    events,
  }));
}

export const fold = (...turns: RunEvent[][]): RunFold => foldEntries(newFold(RUN_ID), entries(...turns));
export const view = (...turns: RunEvent[][]): RunView => viewOf(fold(...turns));

export function taskView(overrides: Partial<TaskView> = {}): TaskView {
  const task = { id: 't', type: 'etl.load', dependsOn: [], status: 'completed', attempt: 1 } as const;
  return { ...task, attempts: [], turns: [], ...overrides };
}

export function runView(overrides: Partial<RunView> = {}): RunView {
  return { ...NEW_RUN, workflow: 'etl.demo', status: 'running', startedAt: 1_000, seq: 1, ...overrides };
}
