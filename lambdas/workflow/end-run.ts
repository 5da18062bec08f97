import type { ErrorReport } from '../contracts/errors.ts';
import type { CancelRun } from '../contracts/messages.ts';
import type { TaskIndex } from './events.ts';
import { type Ending, isOver, type TaskState } from './state.ts';
import type { Turn } from './turn.ts';

/** Compensation has as long as the run had, but at least this. */
const LEAST_COMPENSATION_MS = 900_000;
/** An agent may work and report until its attempt is void; the report has this long to arrive (rule 5). */
export const REPORT_GRACE_MS = 30_000;

/** The run can't complete: what was done is taken back first, if the definition says how. */
export function failRun(turn: Turn, error: ErrorReport, task?: TaskIndex): void {
  const { draft, emit } = turn;
  if (draft.phase !== 'running') return;
  const about = task === undefined ? {} : { task };
  if (hasToCompensate(turn)) compensate(turn, { failed: error, ...about });
  else emit({ type: 'run_failed', error, ...about });
}

/**
 * Before the run has begun, a cancel is kept until it does. A run that has ended may be opened again: a cancel that was
 * for what it was before must not come back with a later delivery, so its id is kept.
 */
export function cancelRun(turn: Turn, { reason, requested_by: by, request_id: requestId }: CancelRun): void {
  const { draft, emit } = turn;
  if (requestId !== undefined && draft.received.has(requestId)) return;
  const once = requestId === undefined ? {} : { requestId };
  const { phase } = draft;
  if (phase === 'running') {
    if (hasToCompensate(turn)) compensate(turn, { cancelled: reason, by }, once);
    else emit({ type: 'run_cancelled', reason, by, ...once });
  } else if (phase === 'new' ? draft.cancelReason === undefined : mayReopen(draft) && requestId !== undefined) {
    emit({ type: 'cancel_requested', reason, by, ...once });
  }
}

const mayReopen = ({ phase, ending }: Turn['draft']): boolean =>
  (phase === 'failed' || phase === 'cancelled') && ending === undefined;

/** Goes on with a compensation: waits for work in flight, plans what to undo, and ends the run when all of it is over. */
export function goOnCompensating(turn: Turn): void {
  const { draft, emit } = turn;
  if (draft.open > 0) return;
  if (!draft.undoPlanned) {
    const tasks = undoOrder(draft.tasks);
    emit({ type: 'undo_planned', tasks });
    if (tasks.length > 0) return;
  }
  endCompensation(turn);
}

/** Nothing more is awaited; what is not undone by now is not undone. */
export function endCompensation({ draft, emit }: Turn): void {
  const { ending } = draft;
  if (!ending) return;
  if ('cancelled' in ending) emit({ type: 'run_cancelled', reason: ending.cancelled, by: ending.by });
  else emit({ type: 'run_failed', error: ending.failed, ...(ending.task !== undefined && { task: ending.task }) });
}

function compensate({ draft, emit, context }: Turn, outcome: Ending, once: { requestId?: string } = {}): void {
  const time = Math.max(draft.definition.timeoutSeconds * 1_000, LEAST_COMPENSATION_MS);
  emit({ type: 'compensation_begun', outcome, deadline: context.now + time, ...once });
}

function hasToCompensate({ draft }: Turn): boolean {
  return draft.tasks.some(
    (task) => canBeUndone(task) && (isDone(task) || task.status === 'dispatched' || isHalfDone(task)),
  );
}

/** How many tasks there are to undo, as far as is known. */
export function countUndoable(tasks: readonly TaskState[]): number {
  return tasks.filter((task) => canBeUndone(task) && isDone(task)).length;
}

/** The last done is undone first; what may have been done comes before that, for it began later. */
function undoOrder(tasks: readonly TaskState[]): TaskIndex[] {
  return tasks
    .flatMap((task, index) => (canBeUndone(task) && isDone(task) && isOver(task) ? [{ task, index }] : []))
    .sort((a, b) => orderOf(b.task) - orderOf(a.task) || b.index - a.index)
    .map(({ index }) => index);
}

const orderOf = ({ order }: TaskState): number => order ?? Number.POSITIVE_INFINITY;

/** A forEach has nothing to undo itself: its tasks have. */
function canBeUndone({ definition, children, undoOf, recorded }: TaskState): boolean {
  return definition.undo !== undefined && children === undefined && undoOf === undefined && !recorded;
}

/** It has worked already, and waits for what it has delegated, or for its next attempt. */
function isHalfDone(task: TaskState): boolean {
  return task.own !== undefined && !isOver(task);
}

function isDone({ status, unsure }: TaskState): boolean {
  return status === 'completed' || unsure === true;
}
