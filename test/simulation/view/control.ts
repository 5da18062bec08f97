import { childDefinition } from '../../../lambdas/workflow/graph.ts';
import { leaveLines } from './entry.ts';
import type { Folds } from './folds.ts';
import { disown } from './owning.ts';
import { expect, hasEnded, isOver, isSettled, type RunView, type TaskView } from './run-view.ts';

/** What people do to a run: nothing begins while it is stopped, and what begins anew leaves its old attempts behind. */
export const CONTROL: Folds = {
  run_paused(view) {
    expect(view, view.phase === 'running' && !view.stops.has('pause'), `paused while ${view.phase}, or twice`);
    view.stops.add('pause');
    view.wasStopped = true;
    leaveLines(view);
  },
  run_held(view) {
    expect(view, view.phase === 'running' && !view.stops.has('hold'), `held while ${view.phase}, or twice`);
    view.stops.add('hold');
    view.wasStopped = true;
    leaveLines(view);
  },
  run_resumed(view, { deadline }) {
    expect(view, view.stops.delete('pause'), 'resumed without having been paused');
    goOn(view, deadline);
    view.retries = 0;
    const stuck = view.tasks.find(({ pauses, status }) => pauses && status === 'suspended');
    expect(view, !stuck, `the run goes on, but ${stuck?.id} still waits for attempts`);
  },
  run_released(view, { deadline }) {
    expect(view, view.stops.delete('hold'), 'released without having been held');
    goOn(view, deadline);
  },
  decision_reminded(view, { task }) {
    const one = view.tasks[task];
    expect(view, one !== undefined && view.waiting.has(one.id), 'somebody was reminded of what nobody asks');
  },
  run_edited(view, { edit, definition }) {
    view.edited = true;
    if (definition && 'value' in definition) {
      view.definition = definition.value;
      for (const next of definition.value.tasks) {
        const task = view.byId.get(next.id);
        if (!task) continue;
        task.definition = next;
        beginAnew(view, task);
        (task.children ?? []).forEach((child, position) => {
          const item = view.byId.get(child);
          if (!item || isOver(item)) return;
          item.definition = childDefinition(next, position);
          beginAnew(view, item);
        });
      }
    }
    if (!('value' in edit)) return;
    for (const [id, change] of Object.entries(edit.value.tasks ?? {})) {
      const task = view.byId.get(id);
      expect(view, task !== undefined && !isOver(task), `${id} was changed, though it is over or not there`);
      if (!task) continue;
      task.definition = { ...task.definition, ...change, retry: { ...task.definition.retry, ...change.retry } };
      beginAnew(view, task);
    }
  },
  run_reopened(view, { deadline }) {
    expect(view, hasEnded(view) && view.phase !== 'completed', `reopened while ${view.phase}`);
    expect(view, view.undoPlan === undefined, 'reopened though its work was undone');
    view.phase = 'running';
    view.reopened += 1;
    // What it has passed it need not pass again, unless it gave it back as it ended.
    if (view.entry === 'in' && view.holdsEntry) view.entry = 'waiting';
    delete view.leader;
    delete view.cancelled;
    view.retries = 0;
    // It has none of its own until it is in.
    view.deadline = view.entry === 'waiting' ? 0 : deadline;
    view.stops.clear();
    delete view.error;
    delete view.failedTask;
    const tolerated = new Set(view.tasks.filter((task) => isSettled(task) && task.tolerated).map(({ id }) => id));
    for (const task of view.tasks) {
      if (isKept(view, task)) {
        task.without ??= tolerated;
        continue;
      }
      task.status = task.children ? 'suspended' : 'open';
      task.tolerated = false;
      delete task.decision;
      fresh(view, task);
    }
  },
};

function goOn(view: RunView, deadline: number): void {
  if (view.stops.size > 0) return;
  expect(view, deadline >= view.deadline, 'a deadline came nearer while the run stood still');
  view.deadline = deadline;
}

function isKept(view: RunView, { status, parent, owner }: TaskView): boolean {
  if (status === 'completed' || status === 'skipped' || owner !== undefined) return true;
  const above = parent === undefined ? undefined : view.byId.get(parent);
  return above !== undefined && isKept(view, above);
}

/** What had begun and was not done. */
function beginAnew(view: RunView, task: TaskView): void {
  expect(view, task.status !== 'dispatched', `${task.id} was changed while somebody worked on it`);
  const unbegun = task.status === 'open' && task.attempt === task.voided;
  if (task.children || unbegun || isOver(task)) return;
  task.status = 'open';
  fresh(view, task);
}

function fresh(view: RunView, task: TaskView): void {
  disown(view, task);
  task.voided = task.attempt;
  task.spent = 0;
  task.usesFallback = false;
  delete task.pauses;
  view.waiting.delete(task.id);
}
