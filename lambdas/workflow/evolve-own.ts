import { change, type Draft } from './draft.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { addTasks, cancelTasks, leaveAgent, ranksOf } from './graph.ts';
import { opened } from './opened.ts';
import { giveBack } from './permits.ts';
import { taskAt } from './state.ts';
import { withUsage } from './usage.ts';

type Delegated = Extract<RunEvent, { type: 'tasks_delegated' }>;

/** The attempt is over, and no fault of it: the task waits for its own tasks and then has the next. */
export function delegated(draft: Draft, { task: index, tasks, contracts, usage }: Delegated, at: number): void {
  giveBack(draft, index);
  const before = taskAt(draft, index);
  leaveAgent(draft, before);
  const definitions = opened(tasks);
  const first = draft.tasks.length;
  const { due: _due, ...task } = before;
  draft.tasks[index] = {
    ...task,
    ...{ status: 'suspended', since: at, on: { for: 'tasks' }, route: 'same' },
    forgiven: (task.forgiven ?? 0) + 1,
    begunAt: task.begunAt ?? task.since,
    own: [...(task.own ?? []), ...definitions.map((_, offset) => first + offset)],
    ownOpen: definitions.length,
  };
  withUsage(draft, index, usage);
  draft.contracts = { ...contracts, ...draft.contracts };
  const ranks = ranksOf(definitions);
  addTasks(draft, definitions, at, (offset) => ({ owner: index, rank: (ranks[offset] ?? 0) + task.rank }));
}

/** The task begins anew: what it had delegated belongs to nobody. What is done stays done, and can be taken back. */
export function voidOwn(draft: Draft, index: TaskIndex, at: number): void {
  const { own } = taskAt(draft, index);
  if (!own) return;
  cancelTasks(draft, own, at);
  for (const each of own) {
    voidOwn(draft, each, at);
    change(draft, each, { removed: true });
  }
}
