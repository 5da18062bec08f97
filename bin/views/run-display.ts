import { type RunView, type TaskView, taskCounts } from './run-view.ts';
import { paint, seconds, table } from './text.ts';

const MARKS: Record<TaskView['status'], string> = {
  waiting: paint.dim('·'),
  running: paint.cyan('▸'),
  retrying: paint.yellow('↻'),
  completed: paint.green('✓'),
  failed: paint.red('✗'),
};
const MAX_ROWS = 40;

/** What a task's line says at its end: how long, or why not. */
function remark(task: TaskView, now: number): string {
  if (task.status === 'retrying' && task.error) {
    const wait = task.nextAttemptAt === undefined ? '' : `, again in ${seconds(Math.max(0, task.nextAttemptAt - now))}`;
    return paint.yellow(`${task.error.code}: ${task.error.message}${wait}`.slice(0, 160));
  }
  if (task.error) return paint.red(`${task.error.code}: ${task.error.message}`.slice(0, 300));
  if (task.status === 'waiting')
    return paint.dim(task.dependsOn.length > 0 ? `after ${task.dependsOn.slice(0, 4).join(', ')}` : '');
  return paint.dim(task.why ?? '');
}

function elapsed(task: TaskView, now: number): string {
  if (task.durationMs !== undefined) return seconds(task.durationMs);
  if (task.status === 'running' && task.dispatchedAt !== undefined) return seconds(now - task.dispatchedAt);
  return '';
}

/** The run's state in one line. */
export function headline(view: RunView, now: number): string {
  const counts = taskCounts(view);
  const marks = {
    completed: paint.green,
    failed: paint.red,
    cancelled: paint.yellow,
    running: paint.cyan,
    requested: paint.dim,
  };
  const took = view.startedAt === undefined ? '' : ` · ${seconds((view.endedAt ?? now) - view.startedAt)}`;
  const failures = view.failedAttempts > 0 ? ` · ${view.failedAttempts} failed attempts` : '';
  const progress = `${counts.completed} of ${view.tasks.length} tasks done`;
  return `${paint.bold(view.workflow || 'run')} ${marks[view.status](view.status)} · ${progress}${failures}${took}`;
}

/** Every task with its state; long runs show the ones in motion first and count the rest. */
export function taskTable(view: RunView, now: number, maxRows = MAX_ROWS): string {
  const shown =
    view.tasks.length <= maxRows ? view.tasks : [...view.tasks].sort((a, b) => order(a) - order(b)).slice(0, maxRows);
  const rows = shown.map((task) => [
    MARKS[task.status],
    task.id,
    task.agent ?? '',
    task.attempt > 1 ? `attempt ${task.attempt}` : '',
    elapsed(task, now),
    remark(task, now),
  ]);
  const rest = view.tasks.length - shown.length;
  return table(['', 'task', 'agent', '', 'time', ''], rows) + (rest > 0 ? paint.dim(`\n  … and ${rest} more`) : '');
}

const ORDER: Record<TaskView['status'], number> = { failed: 0, retrying: 1, running: 2, waiting: 3, completed: 4 };
const order = (task: TaskView) => ORDER[task.status];

/** Why a run ended as it did, for people; empty when it went well. */
export function verdict(view: RunView): string {
  if (view.status === 'cancelled') return paint.yellow(`cancelled: ${view.reason ?? ''}`);
  if (!view.error) return '';
  const where = view.failedTask ? `task ${view.failedTask}: ` : '';
  const details = view.error.details ? `\n  ${JSON.stringify(view.error.details)}` : '';
  return paint.red(`${where}${view.error.code}: ${view.error.message}${details}`);
}

/** A line for each task whose state has changed between two views. */
export function changesBetween(before: RunView, after: RunView): string[] {
  return after.tasks.flatMap((task, index) => {
    const old = before.tasks[index];
    if (task.status === 'waiting' || (old && old.status === task.status && old.attempt === task.attempt)) return [];
    const time = task.durationMs !== undefined && task.status === 'completed' ? ` in ${seconds(task.durationMs)}` : '';
    const attempt = task.attempt > 1 ? ` (attempt ${task.attempt})` : '';
    const why =
      task.status === 'running' || task.status === 'completed' ? '' : ` ${remark(task, task.nextAttemptAt ?? 0)}`;
    return [
      `${MARKS[task.status]} ${task.id} ${task.status}${task.agent ? ` · ${task.agent}` : ''}${attempt}${time}${why}`,
    ];
  });
}
