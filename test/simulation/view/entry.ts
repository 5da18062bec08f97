import type { Folds } from './folds.ts';
import { expect, type RunView } from './run-view.ts';
import { mayBegin, move } from './task-moves.ts';

/** How a run gets in, and what its tasks must pass. */
export const ENTRY: Folds = {
  admission_begun(view, { gates }) {
    expect(view, view.entry === 'waiting', 'a run that is in asks to be let in');
    view.holdsEntry = gates.some(({ rule: { kind } }) => kind === 'concurrency' || kind === 'singleton');
    // It has none of its own until it is in.
    view.deadline = 0;
  },
  run_admitted(view, { deadline }) {
    expect(
      view,
      view.entry === 'waiting' && view.leader === undefined,
      'let in twice, or though another does its work',
    );
    view.entry = 'in';
    view.deadline = deadline;
  },
  batch_led(view, { items, members }) {
    expect(
      view,
      view.entry === 'waiting' && view.leader === undefined,
      'leads a batch though it is in one, or at work',
    );
    view.led = { members, items: 'value' in items ? items.value : [] };
  },
  batch_joined(view, { leader }) {
    expect(
      view,
      view.entry === 'waiting' && view.leader === undefined,
      'joins a batch though it is in one, or at work',
    );
    view.leader = leader;
  },
  batch_left(view, { leader }) {
    if (view.leader === leader) delete view.leader;
  },
  permits_asked(view, { type, tasks }) {
    for (const index of tasks) {
      const task = view.tasks[index];
      expect(view, task !== undefined && task.definition.limits !== undefined, `${type} for a task without limits`);
      if (!task) continue;
      move(view, task, ['open', 'backoff'], 'suspended', type);
      task.asks = true;
      mayBegin(view, task, type);
    }
  },
  permits_taken(view, { type, tasks }) {
    for (const index of tasks) {
      const task = view.tasks[index];
      expect(view, task?.asks === true, `${task?.id} takes a permit that it did not ask for`);
      if (!task) continue;
      delete task.asks;
      move(view, task, ['suspended'], 'open', type);
    }
  },
};

/** Whatever waits for a permit waits no more: the run stops, or the task is another. */
export function leaveLines(view: RunView, only?: string): void {
  for (const task of view.tasks) {
    if (!task.asks || (only !== undefined && task.id !== only)) continue;
    delete task.asks;
    if (task.status === 'suspended') task.status = 'open';
  }
}
