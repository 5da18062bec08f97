import type { Draft } from './draft.ts';
import type { TaskIndex } from './events.ts';
import { flowAt } from './flow-draft.ts';
import { balance, demandOf, type FlowDraft, freeOf, isHeld } from './flow-state.ts';
import { enterLine, leaveLine } from './line.ts';
import { isOver, type TaskState, taskAt } from './state.ts';

/** True when it must be found out which gates the task has to pass: the keys of its limits may be expressions. */
export function wantsGates({ definition, gates, fallback, undoOf }: TaskState): boolean {
  if (definition.limits === undefined || gates !== undefined) return false;
  return fallback === undefined && undoOf === undefined && definition.forEach === undefined;
}

/** True when the task must pass a gate before it may begin. */
export function lacksPermit({ gates, permits = 0, fallback, undoOf }: TaskState): boolean {
  return gates !== undefined && fallback === undefined && undoOf === undefined && permits < gates.length;
}

/** The flow whose permit the task needs next. */
export function nextGate({ gates = [], permits = 0 }: TaskState): string {
  const flow = gates[permits];
  if (flow === undefined) throw new Error('a task that has passed all its gates asks for another permit');
  return flow;
}

/** These wait for a permit of the flow. */
export function joinLine(draft: Draft, id: string, tasks: readonly TaskIndex[], at: number): void {
  const flow = flowAt(draft, id);
  for (const index of tasks) {
    const { due: _due, permits = 0, ...task } = taskAt(draft, index);
    const on = { for: 'permit', flow: id, held: permits } as const;
    draft.tasks[index] = { ...task, status: 'suspended', since: at, on, ...(permits > 0 && { permits }) };
    enterLine(draft, flow, index);
  }
  flow.waiting += tasks.length;
  const last = flow.ages.at(-1);
  if (last?.[0] === at) flow.ages[flow.ages.length - 1] = [at, last[1] + tasks.length];
  else flow.ages.push([at, tasks.length]);
  flow.known = true;
  balance(flow);
}

/** The first so many of the line; it stays as it is. */
export function firstInLine(draft: Draft, id: string, most: number): TaskIndex[] {
  const line = draft.flows.get(id)?.line.slice() ?? [];
  const first = new Set<TaskIndex>();
  while (first.size < most) {
    const next = leaveLine(draft, { line }, waitsAt(id));
    if (next === undefined) break;
    first.add(next);
  }
  return [...first];
}

/** Each of these has a permit now, and is ready for its next gate or its work. */
export function takePermits(draft: Draft, id: string, tasks: readonly TaskIndex[], at: number): void {
  const flow = flowAt(draft, id);
  for (const index of tasks) {
    const { on: _on, due: _due, permits = 0, ...task } = taskAt(draft, index);
    draft.tasks[index] = { ...task, status: 'ready', since: at, permits: permits + 1 };
    draft.ready.push(index);
  }
  stopWaiting(flow, tasks.length);
  if (isHeld(flow.gate)) flow.used += tasks.length;
  else flow.returned += tasks.length;
  // Those that were taken stood first; whoever does now goes back to its place.
  const next = leaveLine(draft, flow, waitsAt(id));
  if (next !== undefined) enterLine(draft, flow, next);
}

/**
 * The task's attempt has ended, or will not be: it waits no longer and holds nothing.
 * @param keepRates what is used up anyway need not be asked for again: the attempt is only put off
 */
export function giveBack(draft: Draft, index: TaskIndex, keepRates = false): void {
  const task = taskAt(draft, index);
  if (task.gates === undefined) return;
  const { permits = 0, ...rest } = task;
  if (task.status === 'suspended' && task.on?.for === 'permit') {
    const flow = flowAt(draft, task.on.flow);
    stopWaiting(flow, 1);
    balance(flow);
  }
  let kept = 0;
  for (const id of task.gates.slice(0, permits)) {
    const flow = draft.flows.get(id);
    if (flow && !isHeld(flow.gate)) kept += 1;
    else endUse(flowAt(draft, id));
  }
  draft.tasks[index] = { ...rest, ...(keepRates && kept > 0 && { permits: kept }) };
}

/** The run stops: what has not begun holds nothing, and asks anew when the run goes on. */
export function leaveLines(draft: Draft, at: number): void {
  if (draft.flows.size === 0) return;
  for (const [index, task] of draft.tasks.entries()) {
    if (task.gates === undefined || isOver(task) || task.status === 'dispatched') continue;
    giveBack(draft, index, true);
    if (task.status === 'suspended' && task.on?.for === 'permit') beReady(draft, index, at);
  }
  for (const id of draft.flows.keys()) flowAt(draft, id).line = [];
}

/** The run has ended: everything goes back. */
export function returnAll(draft: Draft): void {
  for (const id of draft.flows.keys()) {
    const flow = flowAt(draft, id);
    Object.assign(flow, { returned: flow.granted, used: 0, waiting: 0, line: [], ages: [] });
    delete flow.run;
    delete flow.runSince;
    balance(flow);
  }
}

/** What decides which gates a task must pass has changed: it is found out anew. */
export function forgetGates(draft: Draft, index: TaskIndex, at: number): void {
  if (taskAt(draft, index).gates === undefined) return;
  const { status, on } = taskAt(draft, index);
  giveBack(draft, index);
  const { gates: _gates, ...task } = taskAt(draft, index);
  draft.tasks[index] = task;
  if (status === 'suspended' && on?.for === 'permit') beReady(draft, index, at);
}

/** The run itself waits for a permit. */
export function runWaits(draft: Draft, id: string, at: number): void {
  const flow = flowAt(draft, id);
  Object.assign(flow, { run: 'waits', runSince: at, known: true });
  balance(flow);
}

/** The run itself has one; where it is held, until the run ends. */
export function runPasses(draft: Draft, id: string): void {
  const flow = flowAt(draft, id);
  delete flow.runSince;
  if (isHeld(flow.gate)) {
    flow.run = 'in';
    flow.used += 1;
  } else {
    delete flow.run;
    flow.returned += 1;
  }
}

/** How many of the run's permits would go unused if it had so many. */
export function spareOf(draft: Draft, id: string, granted: number): number {
  const flow = flowAt(draft, id);
  return Math.max(0, freeOf({ ...flow, granted }) - demandOf(flow));
}

const waitsAt =
  (id: string) =>
  ({ status, on }: TaskState): boolean =>
    status === 'suspended' && on?.for === 'permit' && on.flow === id;

function beReady(draft: Draft, index: TaskIndex, at: number): void {
  const { on: _on, ...free } = taskAt(draft, index);
  draft.tasks[index] = { ...free, status: 'ready', since: at };
  draft.ready.push(index);
}

function stopWaiting(flow: FlowDraft, tasks: number): void {
  flow.waiting -= tasks;
  for (let left = tasks; left > 0; ) {
    const [at, waiting] = flow.ages[0] ?? [0, left];
    if (waiting > left) flow.ages[0] = [at, waiting - left];
    else flow.ages.shift();
    left -= Math.min(waiting, left);
  }
}

function endUse(flow: FlowDraft): void {
  flow.used -= 1;
  flow.returned += 1;
}
