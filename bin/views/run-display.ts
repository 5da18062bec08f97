import { queuedWords } from '../../lambdas/views/gate-words.ts';
import {
  hasEnded,
  type RunView,
  type RunViewStatus,
  type TaskView,
  type TaskViewStatus,
} from '../../lambdas/views/run-view.ts';
import { nameBelow, type Row, rowsOf } from './own-tasks.ts';
import { countsText, remark } from './task-words.ts';
import { paint, seconds, table } from './text.ts';
import { usageText, usdText } from './usage-words.ts';

const MARKS: Record<TaskViewStatus, string> = {
  waiting: paint.dim('·'),
  ready: paint.dim('▹'),
  running: paint.cyan('▸'),
  suspended: paint.yellow('⏸'),
  retrying: paint.yellow('↻'),
  completed: paint.green('✓'),
  failed: paint.red('✗'),
  skipped: paint.dim('–'),
  cancelled: paint.dim('⊘'),
};
const MAX_ROWS = 40;

function elapsed(task: TaskView, now: number): string {
  if (task.durationMs !== undefined) return seconds(task.durationMs);
  if (task.status === 'running' && task.dispatchedAt !== undefined) return seconds(now - task.dispatchedAt);
  if (task.status === 'suspended' && task.since !== undefined) return seconds(now - task.since);
  return '';
}

const RUN_MARKS: Record<RunViewStatus, (text: string) => string> = {
  completed: paint.green,
  failed: paint.red,
  cancelled: paint.yellow,
  compensating: paint.yellow,
  running: paint.cyan,
  requested: paint.dim,
};

const count = (n: number, what: string): string => (n === 0 ? '' : ` · ${n} ${what}`);

/** The run's state in one line. */
export function headline(view: RunView, now: number): string {
  const work = view.tasks.filter((task) => task.undoOf === undefined && task.owner === undefined);
  const undos = view.tasks.filter((task) => task.undoOf !== undefined);
  const is = (status: TaskViewStatus) => (task: TaskView) => task.status === status;
  const progress = `${work.filter(is('completed')).length} of ${work.length} tasks done`;
  const people = view.tasks.filter((task) => task.undoOf === undefined && task.on?.for === 'decision').length;
  const parts = [
    view.queued ? ` · ${queuedWords(view.queued)}` : '',
    count(work.filter(is('skipped')).length, 'skipped'),
    count(work.filter(isDegraded).length, 'degraded'),
    count(people, people === 1 ? 'waits for a person' : 'wait for people'),
    undos.length === 0 ? '' : ` · ${undos.filter(is('completed')).length} of ${undos.length} undone`,
    count(view.failedAttempts, view.failedAttempts === 1 ? 'failed attempt' : 'failed attempts'),
    view.startedAt === undefined ? '' : ` · ${seconds((view.endedAt ?? now) - view.startedAt)}`,
    view.usage ? ` · ${usageText(view.usage)}` : '',
  ];
  return `${paint.bold(view.workflow || 'run')} ${statusText(view)} · ${progress}${parts.join('')}`;
}

function statusText({ status, paused, held }: RunView): string {
  if (status !== 'running' || (!paused && held === undefined)) return RUN_MARKS[status](status);
  return paint.yellow(paused ? 'paused' : 'on hold');
}

const isDegraded = (task: TaskView): boolean => task.degraded !== undefined;

export interface TableOptions {
  readonly maxRows?: number;
  /** Also each task of a forEach; otherwise their number stands at the forEach itself. */
  readonly all?: boolean;
  /** Also what tasks have delegated and is over. */
  readonly own?: boolean;
}

/** Every task with its state; long runs show the ones in motion first and count the rest. */
export function taskTable(view: RunView, now: number, options: TableOptions = {}): string {
  const { maxRows = MAX_ROWS, all = false, own = all } = options;
  const children = Map.groupBy(view.tasks, ({ parent }) => parent);
  const listed = rowsOf(view, { items: all, all: own });
  const byOrder = (one: Row, other: Row): number => order(one.task) - order(other.task);
  const shown = listed.length <= maxRows ? listed : [...listed].sort(byOrder).slice(0, maxRows);
  const spent = view.usage !== undefined;
  const rows = shown.map(({ task, indent, usage }) => {
    const items = task.parent === undefined ? children.get(task.id) : undefined;
    return [
      MARKS[task.status],
      task.undoOf === undefined ? `${'  '.repeat(indent)}${nameBelow(task)}` : `↩ ${task.undoOf}`,
      items ? `${items.length} items` : (task.agent ?? ''),
      attemptText(task),
      elapsed(task, now),
      ...(spent ? [usage ? usdText(usage.usd) : ''] : []),
      items ? itemsText(task, items, now) : remark(task, now),
    ];
  });
  const rest = listed.length - shown.length;
  const columns = ['', 'task', 'agent', '', 'time', ...(spent ? ['cost'] : []), ''];
  return table(columns, rows) + (rest > 0 ? paint.dim(`\n  … and ${rest} more`) : '');
}

/** Attempts that ended in a wait are no repetitions. */
function attemptText({ attempt, attempts }: TaskView): string {
  const waits = attempts.filter(({ outcome }) => outcome === 'delegated').length;
  const tries = attempt - waits;
  const waited = waits === 0 ? [] : [waits === 1 ? '1 wait' : `${waits} waits`];
  return [...(tries > 1 ? [`attempt ${tries}`] : []), ...waited].join(', ');
}

/** Different things that the tasks of a forEach wait for, as told in its line. */
const MOST_WAITS = 2;

/** A forEach in one line: how many of its tasks are where, what they wait for, and what went wrong with the first that did. */
function itemsText(task: TaskView, items: readonly TaskView[], now: number): string {
  const failed =
    task.status === 'failed' ? task : items.find(({ status }) => status === 'failed' || status === 'retrying');
  const waits = [...new Set(items.flatMap((item) => (item.status === 'suspended' ? [remark(item, now)] : [])))];
  const more = waits.length > MOST_WAITS ? [paint.dim(`and ${waits.length - MOST_WAITS} more`)] : [];
  return [
    paint.dim(countsText(items)),
    ...waits.slice(0, MOST_WAITS),
    ...more,
    ...(failed?.error ? [paint.red(`${failed.id}: ${failed.error.code}`)] : []),
  ].join('  ');
}

const ORDER: Record<TaskViewStatus, number> = {
  failed: 0,
  retrying: 1,
  suspended: 2,
  running: 3,
  ready: 4,
  waiting: 5,
  completed: 6,
  cancelled: 7,
  skipped: 8,
};
const order = (task: TaskView) => ORDER[task.status];

/** Why a run stands still, ended as it did or is about to, and what of it is not as it should be; empty when all went well. */
export function verdict(view: RunView): string {
  const lines: string[] = [];
  if (view.paused && view.status === 'running') {
    const { by, reason } = view.paused;
    lines.push(paint.yellow(`paused${by === undefined ? '' : ` by ${by}`}: ${reason || 'no reason given'}`));
  } else if (view.held !== undefined && view.status === 'running') {
    lines.push(paint.yellow(`on hold: ${view.held}`));
  }
  if (view.reason !== undefined) lines.push(paint.yellow(`cancelled: ${view.reason}`));
  if (view.error && view.status !== 'running') {
    const where = view.failedTask ? `task ${view.failedTask}: ` : '';
    const details = view.error.details ? `\n  ${JSON.stringify(view.error.details)}` : '';
    lines.push(paint.red(`${where}${view.error.code}: ${view.error.message}${details}`));
  }
  const ended = hasEnded(view);
  for (const { undoOf, status, error } of view.tasks) {
    if (undoOf === undefined || !(status === 'failed' || (ended && status !== 'completed'))) continue;
    const why = error ? `${error.code}: ${error.message}` : 'there was no time left';
    lines.push(paint.red(`could not be taken back, repair it by hand: ${undoOf}: ${why}`));
  }
  const degraded = view.tasks.filter((task) => task.undoOf === undefined && isDegraded(task));
  if (degraded.length > 0 && view.status === 'completed') {
    const names = degraded.map((task) => `${task.id} (${task.degraded})`);
    lines.push(paint.yellow(`degraded: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`));
  }
  return lines.join('\n');
}

const SILENT: readonly TaskViewStatus[] = ['waiting', 'ready'];

/** A line for each task whose state has changed between two views. */
export function changesBetween(before: RunView, after: RunView): string[] {
  return after.tasks.flatMap((task, index) => {
    const old = before.tasks[index];
    if (SILENT.includes(task.status) || (old && old.status === task.status && old.attempt === task.attempt)) return [];
    const time = task.durationMs !== undefined && task.status === 'completed' ? ` in ${seconds(task.durationMs)}` : '';
    const tries = attemptText(task);
    const attempt = tries === '' ? '' : ` (${tries})`;
    const plain = task.status === 'running' || (task.status === 'completed' && !task.degraded) || isBare(task);
    const why = plain ? '' : ` ${remark(task, task.nextAttemptAt ?? task.since ?? 0)}`;
    const id = task.undoOf === undefined ? task.id : `undo of ${task.undoOf}`;
    return [`${MARKS[task.status]} ${id} ${task.status}${task.agent ? ` · ${task.agent}` : ''}${attempt}${time}${why}`];
  });
}

const isBare = ({ status }: TaskView): boolean => status === 'skipped' || status === 'cancelled';
