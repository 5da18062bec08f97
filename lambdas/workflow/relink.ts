import { change, type Draft, ownGraph } from './draft.ts';
import type { TaskIndex } from './events.ts';
import { dependOn, emptyGroup, groupOf, makeReady, openGroups } from './graph.ts';
import { isOver, type TaskState, taskAt } from './state.ts';

/**
 * Works out anew everything that follows from the tasks: who waits for whom, groups, what is ready, who holds what. For
 * changes that the steps of a run do not know: another definition, tasks that begin again.
 */
export function relink(draft: Draft, at: number): void {
  ownGraph(draft);
  draft.indexOf = new Map(draft.tasks.map(({ definition }, index) => [definition.id, index]));
  draft.dependents = draft.tasks.map(() => []);
  draft.groups = {};
  openGroups(draft);
  for (const { definition, children } of draft.tasks) {
    const { limit, tolerate = 0 } = definition.forEach ?? {};
    if (children) draft.groups[definition.id] = emptyGroup(limit, tolerate);
  }
  draft.inFlight = new Map();
  for (const [index, task] of draft.tasks.entries()) join(draft, index, task);
  draft.open = draft.tasks.filter((task) => !isOver(task)).length;
  draft.skipped = draft.tasks.filter(({ status }) => status === 'skipped').length;
  draft.ready = [];
  begin(draft, at);
  countOwn(draft, at);
  draft.gathered = draft.tasks.flatMap(({ children, status, definition }, index) =>
    children && status === 'suspended' && draft.groups[definition.id]?.open === 0 ? [index] : [],
  );
}

/** Who waits for tasks of its own, none of which is open, goes on. */
function countOwn(draft: Draft, at: number): void {
  for (const [index, { own, status, on }] of draft.tasks.entries()) {
    if (!own) continue;
    const ownOpen = own.filter((each) => !isOver(taskAt(draft, each))).length;
    change(draft, index, { ownOpen });
    if (ownOpen > 0 || status !== 'suspended' || on?.for !== 'tasks') continue;
    const { on: _on, ...task } = taskAt(draft, index);
    draft.tasks[index] = { ...task, status: 'ready', since: at };
    draft.ready.push(index);
  }
}

function join(draft: Draft, index: TaskIndex, task: TaskState): void {
  const { status, agent, tolerated } = task;
  if (status === 'dispatched' && agent !== undefined) {
    draft.inFlight.set(agent, (draft.inFlight.get(agent) ?? 0) + 1);
  }
  const group = groupOf(draft, index);
  if (!group) return;
  group.members.push(index);
  if (!isOver(task)) group.open += 1;
  if (status === 'dispatched' || status === 'suspended' || status === 'backoff') group.active += 1;
  if (status === 'failed' && tolerated) group.failed += 1;
}

function begin(draft: Draft, at: number): void {
  const free: TaskIndex[] = [];
  for (const [index, task] of draft.tasks.entries()) {
    const waitingFor = dependOn(draft, index, task.definition);
    if (task.status !== 'waiting' && task.status !== 'ready') continue;
    change(draft, index, { status: 'waiting', waitingFor });
    if (waitingFor === 0) free.push(index);
  }
  for (const index of free) makeReady(draft, index, at);
}
