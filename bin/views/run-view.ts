import type { ResultValue } from '../../lambdas/contracts/blob.ts';
import type { ErrorReport } from '../../lambdas/contracts/errors.ts';
import type { TaskDefinition } from '../../lambdas/contracts/workflow-definition.ts';
import type { RunEvent } from '../../lambdas/workflow/events.ts';
import type { JournalEntry } from '../../lambdas/workflow/journal.ts';

export type TaskViewStatus = 'waiting' | 'running' | 'retrying' | 'completed' | 'failed';

/** A task as a person wants to see it. */
export interface TaskView {
  readonly id: string;
  readonly type: string;
  readonly dependsOn: readonly string[];
  readonly status: TaskViewStatus;
  readonly attempt: number;
  readonly agent?: string;
  readonly why?: string;
  readonly dispatchedAt?: number;
  readonly endedAt?: number;
  /** What the agent needed for the last attempt, without the way there and back. */
  readonly durationMs?: number;
  readonly nextAttemptAt?: number;
  readonly error?: ErrorReport;
  readonly result?: ResultValue;
}

/** A run as its journal tells it: a projection for display, made from the events alone. */
export interface RunView {
  readonly workflow: string;
  readonly status: 'requested' | 'running' | 'completed' | 'failed' | 'cancelled';
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly deadline?: number;
  readonly tasks: readonly TaskView[];
  /** Attempts that failed, retried or not. */
  readonly failedAttempts: number;
  readonly error?: ErrorReport;
  readonly failedTask?: string;
  readonly reason?: string;
  /** Tasks whose results the definition names as the run's. */
  readonly output?: readonly string[];
  /** Number of the last journal entry folded in. */
  readonly seq: number;
}

export const NEW_RUN: RunView = { workflow: '', status: 'requested', tasks: [], failedAttempts: 0, seq: 0 };

/** The view after further entries. Documents that lie in the blob bucket must have been fetched before. */
export function foldEntries(view: RunView, entries: readonly JournalEntry[]): RunView {
  return entries.reduce(
    (folded, entry) => ({
      ...entry.events.reduce((before, event) => foldEvent(before, event, entry.at), folded),
      seq: entry.seq,
    }),
    view,
  );
}

function newTask(task: TaskDefinition): TaskView {
  return { id: task.id, type: task.type, dependsOn: task.dependsOn ?? [], status: 'waiting', attempt: 0 };
}

function change(view: RunView, indexes: readonly number[], edit: (task: TaskView) => TaskView): RunView {
  const chosen = new Set(indexes);
  return { ...view, tasks: view.tasks.map((task, index) => (chosen.has(index) ? edit(task) : task)) };
}

function foldEvent(view: RunView, event: RunEvent, at: number): RunView {
  switch (event.type) {
    case 'run_started': {
      const definition = 'value' in event.definition ? event.definition.value : undefined;
      return {
        ...view,
        workflow: definition?.name ?? view.workflow,
        status: 'running',
        startedAt: at,
        deadline: event.deadline,
        tasks: (definition?.tasks ?? []).map(newTask),
        ...(definition?.output && { output: definition.output }),
      };
    }
    case 'tasks_added': {
      const added = 'value' in event.tasks ? event.tasks.value : [];
      return { ...view, tasks: [...view.tasks, ...added.map(newTask)] };
    }
    case 'tasks_dispatched':
      return change(view, event.tasks, ({ nextAttemptAt: _, ...task }) => ({
        ...task,
        status: 'running',
        attempt: event.attempt,
        agent: event.agent,
        why: event.why,
        dispatchedAt: at,
      }));
    case 'tasks_completed':
      return completeTasks(view, event, at);
    case 'attempt_failed':
      return {
        ...change(view, [event.task], (task) => ({ ...task, status: 'retrying', error: event.error })),
        failedAttempts: view.failedAttempts + 1,
      };
    case 'retry_scheduled':
      return change(view, [event.task], (task) => ({ ...task, status: 'retrying', nextAttemptAt: event.at }));
    case 'task_failed':
      return change(view, [event.task], (task) => ({ ...task, status: 'failed', error: event.error, endedAt: at }));
    case 'run_completed':
      return { ...view, status: 'completed', endedAt: at };
    case 'run_failed': {
      const failedTask = event.task === undefined ? undefined : view.tasks[event.task]?.id;
      return { ...view, status: 'failed', endedAt: at, error: event.error, ...(failedTask && { failedTask }) };
    }
    case 'run_cancelled':
      return { ...view, status: 'cancelled', endedAt: at, reason: event.reason };
    default:
      return view;
  }
}

type CompletedEvent = Extract<RunEvent, { type: 'tasks_completed' }>;

function completeTasks(view: RunView, event: CompletedEvent, at: number): RunView {
  const tasks = view.tasks.slice();
  for (const [index, attempt, durationMs, result] of event.done) {
    const before = tasks[index];
    if (!before) continue;
    const { error: _, ...task } = before;
    tasks[index] = { ...task, status: 'completed', attempt, agent: event.agent, durationMs, result, endedAt: at };
  }
  return { ...view, tasks };
}

/** The tasks whose results are the run's: those the definition names, else those nobody depends on. */
export function resultTasks(view: RunView): readonly TaskView[] {
  if (view.output) return view.tasks.filter((task) => view.output?.includes(task.id));
  const needed = new Set(view.tasks.flatMap((task) => task.dependsOn));
  return view.tasks.filter((task) => !needed.has(task.id));
}

export function hasEnded(view: RunView): boolean {
  return view.endedAt !== undefined;
}

/** How many tasks are in each state. */
export function taskCounts(view: RunView): Record<TaskViewStatus, number> {
  const counts = { waiting: 0, running: 0, retrying: 0, completed: 0, failed: 0 };
  for (const task of view.tasks) counts[task.status] += 1;
  return counts;
}
