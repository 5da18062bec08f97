import type { Folds } from './folds.ts';
import { add } from './growing.ts';
import { expect, isOver, type RunView, type TaskView } from './run-view.ts';
import { cancel } from './task-moves.ts';

/** Tasks that tasks delegate. */
export const OWNING: Folds = {
  tasks_delegated(view, { task: index, attempt, agent, tasks }) {
    const task = view.tasks[index];
    expect(view, task?.status === 'dispatched', `${task?.id} delegates, but it is ${task?.status}`);
    if (!task || !('value' in tasks)) return;
    const isIts = attempt === task.attempt && task.holders[attempt - 1] === agent;
    expect(view, isIts, `${agent} delegates for attempt ${attempt} of ${task.id}, which is not its own`);
    expect(view, view.phase === 'running', `${task.id} delegates while the run is ${view.phase}`);
    task.prefix = task.epochs === 1 ? `${task.id}..` : `${task.id}..e${task.epochs}..`;
    task.status = 'suspended';
    task.waitsForOwn = true;
    view.owners.add(task);
    task.own = [...(task.own ?? []), ...tasks.value.map(({ id }) => id)];
    for (const definition of tasks.value) {
      const key = definition.id.slice(task.prefix.length);
      expect(
        view,
        definition.id.startsWith(task.prefix) && !key.includes('..'),
        `${task.id} delegates ${definition.id}`,
      );
      add(view, definition, { owner: task.id });
    }
  },
};

/** After each event: whose own tasks are over goes on, and nobody waits for what belongs to nobody. */
export function settleOwners(view: RunView): void {
  for (const owner of view.owners) {
    const open = openOf(view, owner);
    if (isOver(owner)) for (const task of open) leave(view, task);
    if (!owner.waitsForOwn || (open.length > 0 && owner.status === 'suspended')) continue;
    delete owner.waitsForOwn;
    if (owner.status === 'suspended') owner.status = 'open';
  }
}

/** It has begun anew: what it had delegated is not its own any more. */
export function disown(view: RunView, owner: TaskView): void {
  if (owner.attempt > 0) owner.epochs += 1;
  const own = openOf(view, owner);
  delete owner.own;
  for (const task of own) {
    // First: what it had delegated itself tells that it was half done.
    leave(view, task);
    disown(view, task);
  }
}

function openOf(view: RunView, { own = [] }: TaskView): TaskView[] {
  return own.flatMap((id) => view.byId.get(id) ?? []).filter((task) => !isOver(task));
}

/** While the run is taken back, what agents have in hand is awaited; the rest was cancelled when that began. */
function leave(view: RunView, task: TaskView): void {
  if (view.phase === 'compensating') return;
  for (const child of task.children ?? []) cancel(view, view.byId.get(child));
  cancel(view, task);
}
