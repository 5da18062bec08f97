import type { Json } from '../contracts/json.ts';
import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import { change, type Draft, type GroupDraft, ownGraph } from './draft.ts';
import type { TaskIndex } from './events.ts';
import { enterLine, leaveLine } from './line.ts';
import { giveBack } from './permits.ts';
import { isOver, type TaskState, taskAt } from './state.ts';

/** Groups that a run begins with. */
export function openGroups(draft: Draft): void {
  for (const [name, { limit, tolerate = 0 }] of Object.entries(draft.definition.groups ?? {})) {
    draft.groups[name] = emptyGroup(limit, tolerate);
  }
}

/** Adds tasks with what they depend on: each other, older ones, groups. */
export function addTasks(
  draft: Draft,
  definitions: readonly TaskDefinition[],
  at: number,
  fields: (offset: number) => Partial<TaskState> = () => ({}),
): void {
  ownGraph(draft);
  const first = draft.tasks.length;
  const ranks = ranksOf(definitions);
  definitions.forEach((definition, offset) => {
    draft.indexOf.set(definition.id, first + offset);
    draft.dependents.push([]);
    draft.tasks.push({
      definition,
      status: 'waiting',
      since: at,
      attempt: 0,
      waitingFor: 0,
      rank: ranks[offset] ?? 0,
      ...fields(offset),
    });
    if (definition.group !== undefined) joinGroup(draft, definition.group, first + offset);
  });
  draft.open += definitions.length;
  const free: TaskIndex[] = [];
  definitions.forEach((definition, offset) => {
    const index = first + offset;
    const waitingFor = dependOn(draft, index, definition);
    change(draft, index, { waitingFor });
    if (waitingFor === 0) free.push(index);
  });
  for (const index of free) makeReady(draft, index, at);
}

/** The tasks of a forEach, as a group of their own under its id. */
export function addChildren(draft: Draft, parent: TaskIndex, items: readonly Json[], at: number): void {
  const { definition } = taskAt(draft, parent);
  const first = draft.tasks.length;
  draft.groups[definition.id] = emptyGroup(definition.forEach?.limit, definition.forEach?.tolerate ?? 0);
  change(draft, parent, {
    status: 'suspended',
    since: at,
    on: { for: 'items' },
    children: { first, count: items.length },
  });
  if (items.length === 0) draft.gathered.push(parent);
  const children = items.map((_, position) => childDefinition(definition, position));
  const { rank } = taskAt(draft, parent);
  addTasks(draft, children, at, (position) => ({ parent, position, item: items[position] ?? null, rank }));
}

/** What the task for one item is. */
export function childDefinition(definition: TaskDefinition, position: number): TaskDefinition {
  const { dependsOn: _on, when: _when, forEach: _each, optional: _optional, ...work } = definition;
  return { ...work, id: `${definition.id}.${position}`, group: definition.id };
}

/** A task may begin: at once, or in its turn where its group has a limit. */
export function makeReady(draft: Draft, index: TaskIndex, at: number): void {
  const group = groupOf(draft, index);
  if (group && group.limit !== undefined) {
    enterLine(draft, group, index);
    return;
  }
  if (group) group.active += 1;
  change(draft, index, { status: 'ready', since: at });
  draft.ready.push(index);
}

/** These are not among the ready any more. */
export function leaveReady(draft: Draft, indices: Iterable<TaskIndex>): void {
  if (draft.ready.length === 0) return;
  const leaving = new Set(indices);
  draft.ready = draft.ready.filter((index) => !leaving.has(index));
}

/**
 * A task is over; it has left the ready before. Its group has room again, its parent one task less to wait for; and
 * unless it failed for good, what depends on it has one dependency less.
 */
export function endTask(
  draft: Draft,
  index: TaskIndex,
  fields: Partial<TaskState> & Pick<TaskState, 'status'>,
  at: number,
): void {
  giveBack(draft, index);
  const before = taskAt(draft, index);
  leaveAgent(draft, before);
  const { due: _due, route: _route, ...rest } = before;
  const unsure = (before.status === 'dispatched' || before.own !== undefined) && fields.status === 'cancelled';
  draft.tasks[index] = { ...rest, ...fields, since: at, ...(unsure && { unsure }) };
  draft.open -= 1;
  const goesOn = fields.status !== 'cancelled' && (fields.status !== 'failed' || fields.tolerated === true);
  if (before.children) draft.gathered = draft.gathered.filter((other) => other !== index);
  const givenUp = fields.status === 'failed' || fields.status === 'cancelled';
  if (before.children && givenUp) letGo(draft, rangeOf(before.children), at);
  if (before.own && before.ownOpen) letGo(draft, before.own, at);
  if (before.owner !== undefined) oneOwnLess(draft, before.owner, at);
  const group = groupOf(draft, index);
  if (group) {
    group.open -= 1;
    if (before.status !== 'waiting') group.active -= 1;
    if (fields.tolerated) group.failed += 1;
  }
  if (!goesOn) return;
  for (const dependent of draft.dependents[index] ?? []) oneLess(draft, dependent, at);
  if (!group) return;
  for (const dependent of group.dependents) oneLess(draft, dependent, at);
  if (group.open === 0 && before.parent !== undefined) draft.gathered.push(before.parent);
}

/**
 * Groups that have room let the first of their lines begin. Once an event is folded whole: what it made free and what it
 * made ready are weighed together.
 */
export function admit(draft: Draft, at: number): void {
  for (const group of Object.values(draft.groups)) {
    while (group.limit !== undefined && group.active < group.limit && group.line.length > 0) {
      const next = leaveLine(draft, group);
      if (next === undefined) break;
      group.active += 1;
      change(draft, next, { status: 'ready', since: at });
      draft.ready.push(next);
    }
  }
}

/** One of the tasks that it has delegated is over; after the last of them it goes on. */
function oneOwnLess(draft: Draft, index: TaskIndex, at: number): void {
  const { status, on, ownOpen = 0, ...owner } = taskAt(draft, index);
  const waits = status === 'suspended' && on?.for === 'tasks';
  const goesOn = waits && ownOpen === 1;
  draft.tasks[index] = goesOn
    ? { ...owner, status: 'ready', since: at, ownOpen: 0 }
    : { ...owner, status, ...(on && { on }), ownOpen: ownOpen - 1 };
  if (goesOn) draft.ready.push(index);
}

/** Nobody waits for these tasks any more. While the run is taken back, those in hand are awaited all the same. */
function letGo(draft: Draft, theirs: Iterable<TaskIndex>, at: number): void {
  const awaited = (index: TaskIndex): boolean =>
    draft.phase === 'compensating' && taskAt(draft, index).status === 'dispatched';
  cancelTasks(
    draft,
    [...theirs].filter((index) => !awaited(index)),
    at,
  );
}

/** These will not be done any more. */
export function cancelTasks(draft: Draft, indices: Iterable<TaskIndex>, at: number): void {
  const cancelled = new Set(indices);
  leaveReady(draft, cancelled);
  for (const index of cancelled) {
    if (!isOver(taskAt(draft, index))) endTask(draft, index, { status: 'cancelled' }, at);
  }
}

export function* rangeOf({ first, count }: { first: number; count: number }): Generator<TaskIndex> {
  for (let index = first; index < first + count; index += 1) yield index;
}

/** True when it has dependencies and every one of them was skipped. */
export function isSkippedByDependencies(draft: Draft, { definition }: TaskState): boolean {
  if (draft.skipped === 0 || !definition.dependsOn?.length) return false;
  const skipped = (index: TaskIndex): boolean => taskAt(draft, index).status === 'skipped';
  return definition.dependsOn.every((id) => {
    const index = draft.indexOf.get(id);
    if (index !== undefined) return skipped(index);
    const members = draft.groups[id]?.members ?? [];
    return members.length > 0 && members.every(skipped);
  });
}

export function groupOf(draft: Draft, index: TaskIndex): GroupDraft | undefined {
  const { group } = taskAt(draft, index).definition;
  return group === undefined ? undefined : draft.groups[group];
}

/** The agent has one task less in hand. */
export function leaveAgent(draft: Draft, { agent, status }: TaskState): void {
  if (agent === undefined || status !== 'dispatched') return;
  draft.inFlight.set(agent, (draft.inFlight.get(agent) ?? 0) - 1);
}

export function emptyGroup(limit: number | undefined, tolerate: number): GroupDraft {
  const counts = { tolerate, open: 0, active: 0, failed: 0 };
  return { ...counts, members: [], line: [], dependents: [], ...(limit !== undefined && { limit }) };
}

function joinGroup(draft: Draft, name: string, index: TaskIndex): void {
  const group = draft.groups[name];
  if (!group) throw new Error(`task number ${index} joins group ${name}, which its run does not have`);
  group.members.push(index);
  group.open += 1;
  // Whoever still waits for the group waits for its new member too.
  for (const dependent of group.dependents) {
    const { status, waitingFor } = taskAt(draft, dependent);
    if (status === 'waiting' && waitingFor > 0) change(draft, dependent, { waitingFor: waitingFor + 1 });
  }
}

/** Notes who waits for whom; answers how much the task waits for. */
export function dependOn(draft: Draft, index: TaskIndex, { id, dependsOn }: TaskDefinition): number {
  let waitingFor = 0;
  for (const name of new Set(dependsOn)) {
    const dependency = draft.indexOf.get(name);
    const group = draft.groups[name];
    if (dependency !== undefined) {
      draft.dependents[dependency]?.push(index);
      if (!isSettled(taskAt(draft, dependency))) waitingFor += 1;
    } else if (group) {
      group.dependents.push(index);
      waitingFor += group.open;
    } else {
      throw new Error(`task ${id} depends on ${name}, which its run does not have`);
    }
  }
  return waitingFor;
}

/** Over in a way that lets its dependents go on. */
function isSettled({ status, tolerated }: TaskState): boolean {
  return status === 'completed' || status === 'skipped' || (status === 'failed' && tolerated === true);
}

function oneLess(draft: Draft, index: TaskIndex, at: number): void {
  const task = taskAt(draft, index);
  if (task.status !== 'waiting' || task.waitingFor === 0) return;
  const waitingFor = task.waitingFor - 1;
  draft.tasks[index] = { ...task, waitingFor };
  if (waitingFor === 0) makeReady(draft, index, at);
}

/** For each task the longest path from its beginning to the end of these tasks, in expected seconds (1 where unknown). */
export function ranksOf(definitions: readonly TaskDefinition[]): number[] {
  const place = new Map(definitions.map(({ id }, index) => [id, index]));
  const members = new Map<string, number[]>();
  definitions.forEach(({ group }, index) => {
    if (group === undefined) return;
    const list = members.get(group);
    if (list) list.push(index);
    else members.set(group, [index]);
  });
  const dependents: number[][] = definitions.map(() => []);
  const open: number[] = definitions.map(() => 0);
  definitions.forEach(({ dependsOn }, index) => {
    for (const name of new Set(dependsOn)) {
      const one = place.get(name);
      for (const on of one === undefined ? (members.get(name) ?? []) : [one]) {
        dependents[on]?.push(index);
      }
    }
  });
  const dependencies: number[][] = definitions.map(() => []);
  dependents.forEach((list, on) => {
    open[on] = list.length;
    for (const index of list) dependencies[index]?.push(on);
  });
  const ranks: number[] = definitions.map(({ expectedSeconds = 1 }) => expectedSeconds);
  const done = [...open.keys()].filter((index) => open[index] === 0);
  for (let next = done.pop(); next !== undefined; next = done.pop()) {
    for (const on of dependencies[next] ?? []) {
      ranks[on] = Math.max(ranks[on] ?? 0, (definitions[on]?.expectedSeconds ?? 1) + (ranks[next] ?? 0));
      const left = (open[on] ?? 0) - 1;
      open[on] = left;
      if (left === 0) done.push(on);
    }
  }
  return ranks;
}
