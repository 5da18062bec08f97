import type { Json } from '../../../lambdas/contracts/json.ts';
import type { TaskDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { expect, type RunView, type TaskView } from './run-view.ts';
import { mayBegin, move } from './task-moves.ts';

export function add(view: RunView, definition: TaskDefinition, more: Partial<TaskView> = {}): void {
  expect(view, !view.byId.has(definition.id), `there are two tasks ${definition.id}`);
  const task: TaskView = {
    ...{ id: definition.id, definition, status: 'open', attempt: 0, holders: [], tolerated: false },
    ...{ usesFallback: false, unsure: false, spent: 0, refused: 0, voided: 0, epochs: 1 },
    ...more,
  };
  view.tasks.push(task);
  view.byId.set(definition.id, task);
}

/** A forEach gets a task for each of its items. */
export function expand(view: RunView, parent: TaskView, items: readonly Json[]): void {
  move(view, parent, ['open'], 'suspended', 'items_expanded');
  mayBegin(view, parent, 'items_expanded');
  const { forEach, dependsOn: _on, when: _when, optional: _optional, ...work } = parent.definition;
  expect(view, forEach !== undefined && parent.children === undefined, `${parent.id} has no items, or had them before`);
  parent.children = items.map((_, place) => `${parent.id}.${place}`);
  for (const id of parent.children) add(view, { ...work, id, group: parent.id }, { parent: parent.id });
}

/** Nothing is under way any more, and what was or may have been done is undone, the last first. */
export function planUndo(view: RunView, indices: readonly number[]): void {
  const undone = indices.flatMap((index) => view.tasks[index] ?? []);
  const working = view.tasks.filter(({ status }) => status === 'dispatched');
  expect(view, working.length === 0, `undone while ${working.map(({ id }) => id).join(', ')} may still be done`);
  // What was done, and what may have been.
  const due = view.tasks.filter(
    (task) => task.definition.undo && !task.children && (task.status === 'completed' || task.unsure),
  );
  const missed = due.find((task) => !undone.includes(task));
  expect(view, !missed, `${missed?.id} was or may have been done, and is not undone`);
  view.undoPlan = undone.map(({ id }) => id);
  const orders = undone.map(({ order, unsure }) =>
    order === undefined && unsure ? Number.POSITIVE_INFINITY : (order ?? -1),
  );
  expect(
    view,
    orders.every((order, place) => place === 0 || order <= (orders[place - 1] ?? 0)),
    `undone in the wrong order: ${view.undoPlan.join(', ')}`,
  );
  undone.forEach((task, place) => {
    const { undo } = task.definition;
    expect(view, undo !== undefined, `${task.id} is undone, but says not how`);
    if (!undo) return;
    const before = undone[place - 1];
    add(
      view,
      { ...undo, id: `${task.id}.undo`, optional: true, ...(before && { dependsOn: [`${before.id}.undo`] }) },
      { undoOf: task.id },
    );
  });
}
