import type { ResultValue } from '../../../lambdas/contracts/blob.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import { expect, isOver, isSettled, type RunView, type TaskView, type ViewStatus } from './run-view.ts';

/** Bytes of a result, whoever it is of. */
const INLINE_RESULT = 1_024;

export function dispatch(
  view: RunView,
  task: TaskView,
  event: Extract<RunEvent, { type: 'tasks_dispatched' }>,
  at: number,
): void {
  move(view, task, ['open', 'suspended'], 'dispatched', event.type);
  mayBegin(view, task, event.type);
  expect(view, event.attempt === task.attempt + 1, `attempt ${event.attempt} of ${task.id} follows ${task.attempt}`);
  task.attempt = event.attempt;
  task.holders[event.attempt - 1] = event.agent;
  expect(view, view.stops.size === 0, `${task.id} was dispatched while the run was stopped by a ${[...view.stops]}`);
  expect(
    view,
    view.phase === 'running' || task.undoOf !== undefined,
    `${task.id} was dispatched while the run was ${view.phase}`,
  );
  if (event.notAfter > view.deadline)
    view.faults.push(`B: attempt ${event.attempt} of ${task.id} may outlive the run's deadline`);
  expect(view, view.entry !== 'waiting', `${task.id} was dispatched before the run was in`);
  if (at >= view.deadline) view.faults.push(`B: ${task.id} was dispatched after the run's deadline`);
}

/** Dependencies are over, and its group has room. */
export function mayBegin(view: RunView, task: TaskView, how: string): void {
  for (const name of task.definition.dependsOn ?? []) {
    const one = view.byId.get(name);
    const waited = one ? [one] : view.tasks.filter(({ definition }) => definition.group === name);
    const open = waited.find((other) => !isSettled(other));
    expect(view, !open, `${how} of ${task.id} before ${open?.id} was over`);
  }
  const own = task.own?.find((id) => !isOver(view.byId.get(id) ?? { status: 'open' }));
  expect(view, own === undefined, `${how} of ${task.id} before its own ${own} was over`);
  const { group } = task.definition;
  if (group === undefined) return;
  const limit =
    task.parent === undefined
      ? view.definition?.groups?.[group]?.limit
      : view.byId.get(group)?.definition.forEach?.limit;
  if (limit === undefined) return;
  const busy = view.tasks.filter(
    (other) =>
      other.definition.group === group && !other.asks && ['dispatched', 'suspended', 'backoff'].includes(other.status),
  );
  if (busy.length > limit) view.faults.push(`B: ${busy.length} tasks of ${group} at once, ${limit} may be`);
}

export function complete(view: RunView, task: TaskView, attempt: number, result: ResultValue): void {
  expect(view, !isOver(task), `${task.id} completed, but it is ${task.status}`);
  // What the coordinator does itself is an attempt of its own.
  const last = Math.max(1, task.attempt + (task.status === 'open' ? 1 : 0));
  expect(view, attempt <= last, `attempt ${attempt} of ${task.id} completed, the last was ${task.attempt}`);
  expect(
    view,
    view.phase === 'running' || task.undoOf !== undefined || task.status === 'dispatched',
    `${task.id} completed while the run was ${view.phase}`,
  );
  const counts = task.voided === 0 || attempt > task.voided || task.decision !== undefined;
  expect(view, counts, `attempt ${attempt} of ${task.id} completed, but it is void`);
  if (task.status === 'open') mayBegin(view, task, 'completion');
  for (const child of task.children ?? []) {
    const item = view.byId.get(child);
    expect(view, item !== undefined && isSettled(item), `${task.id} completed before ${child}`);
  }
  if ('value' in result && JSON.stringify(result.value).length > INLINE_RESULT && !task.children)
    view.faults.push(`B: ${task.id} has a result of ${JSON.stringify(result.value).length} bytes in the journal`);
  task.status = 'completed';
  if (view.phase === 'compensating') task.late = true;
  task.attempt = Math.max(task.attempt, attempt);
  task.result = result;
  task.order = view.completed;
  view.completed += 1;
}

export function move(view: RunView, task: TaskView, from: readonly ViewStatus[], to: ViewStatus, type: string): void {
  expect(view, from.includes(task.status), `${type}: ${task.id} goes from ${task.status} to ${to}`);
  task.status = to;
}

export function cancel(view: RunView, task: TaskView | undefined): void {
  if (!task || isOver(task)) return;
  if (task.status === 'dispatched' || task.own) task.unsure = true;
  delete task.asks;
  task.status = 'cancelled';
  task.cancelledAt = view.at;
}
