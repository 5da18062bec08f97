import type { ResultValue } from '../../lambdas/contracts/blob.ts';
import type { ErrorReport } from '../../lambdas/contracts/errors.ts';
import type { Json } from '../../lambdas/contracts/json.ts';
import type { TaskDefinition, WorkflowDefinition } from '../../lambdas/contracts/workflow-definition.ts';
import type { RunEvent } from '../../lambdas/workflow/events.ts';
import type { JournalEntry } from '../../lambdas/workflow/journal.ts';

/*
 * A run as its journal tells it, folded here a second time and on purpose without the engine's own fold: every event is
 * held against what may follow what. Entries come with their documents fetched.
 */

/** `open`: it has not begun, or may begin again. */
export type ViewStatus = 'open' | 'dispatched' | 'suspended' | 'backoff' | 'completed' | 'failed' | 'skipped' | 'cancelled';

export interface TaskView {
  readonly id: string;
  readonly definition: TaskDefinition;
  status: ViewStatus;
  attempt: number;
  /** Agents by attempt, from the first. */
  readonly holders: string[];
  result?: ResultValue;
  error?: ErrorReport;
  tolerated: boolean;
  usesFallback: boolean;
  /** How many were completed before it. */
  order?: number;
  /** An attempt of it ended without a report. */
  unsure: boolean;
  decision?: string;
  /** Failures since it last got attempts anew. */
  spent: number;
  /** Failures after which another agent may have been tried beyond its attempts. */
  refused: number;
  /** Item tasks of a forEach. */
  children?: string[];
  parent?: string;
  undoOf?: string;
  /** It ended while the run was taken back. */
  late?: true;
}

export interface RunView {
  readonly runId: string;
  phase: 'new' | 'running' | 'compensating' | 'completed' | 'failed' | 'cancelled';
  definition?: WorkflowDefinition;
  readonly tasks: TaskView[];
  readonly byId: Map<string, TaskView>;
  deadline: number;
  endedAt: number;
  error?: ErrorReport;
  failedTask?: string;
  /** Ids of what was to be undone, in order. */
  undoPlan?: string[];
  completed: number;
  retries: number;
  readonly waiting: Map<string, string>;
  readonly received: Set<string>;
  readonly taken: Set<string>;
  readonly refused: string[];
  /** Attempts that ended without a report. */
  silences: number;
  /** Attempts whose message was given up on as their own fault: run/task/attempt. */
  readonly poisoned: string[];
  readonly faults: string[];
}

/** Folds a run's journal and notes in `faults` whatever no journal may hold. */
export function viewOf(runId: string, entries: readonly JournalEntry[]): RunView {
  const view: RunView = {
    ...{ runId, phase: 'new', tasks: [], byId: new Map(), deadline: 0, endedAt: 0, completed: 0, retries: 0 },
    ...{ waiting: new Map(), received: new Set(), taken: new Set(), refused: [], silences: 0, poisoned: [], faults: [] },
  };
  let before: JournalEntry | undefined;
  for (const entry of entries) {
    const { seq, at, confirmed } = entry;
    expect(view, seq === (before?.seq ?? 0) + 1, `entry ${seq} follows ${before?.seq ?? 'nothing'}`);
    expect(view, at >= (before?.at ?? 0), `time runs back at entry ${seq}`);
    expect(view, confirmed < seq && confirmed >= (before?.confirmed ?? 0), `entry ${seq} confirms ${confirmed}`);
    expect(view, entry.events.length > 0, `entry ${seq} says nothing`);
    const wasOver = isEnd(view);
    for (const event of entry.events) fold(view, event, entry);
    if (!wasOver && isEnd(view)) view.endedAt = at;
    before = entry;
  }
  return view;
}

/** Bytes of a result that an agent reported, with some room for what a fallback or a person says. */
const INLINE_RESULT = 1_100;

const OVER: ReadonlySet<ViewStatus> = new Set(['completed', 'failed', 'skipped', 'cancelled']);
export const isOver = ({ status }: Pick<TaskView, 'status'>): boolean => OVER.has(status);
const isEnd = ({ phase }: RunView): boolean => phase === 'completed' || phase === 'failed' || phase === 'cancelled';
/** Over in a way with which its dependents may begin. */
const isSettled = (task: TaskView): boolean =>
  task.status === 'completed' || task.status === 'skipped' || (task.status === 'failed' && task.tolerated);

function expect(view: RunView, holds: boolean, otherwise: string): void {
  if (!holds) view.faults.push(`M: ${otherwise}`);
}

/** What may still be said of a run that has ended. */
const AFTER_THE_END: ReadonlySet<RunEvent['type']> = new Set(['message_refused', 'token_replaced']);
/** What may be said of a run that has not begun. */
const BEFORE_THE_START: ReadonlySet<RunEvent['type']> = new Set(['message_refused', 'cancel_requested', 'event_received', 'run_started']);

function fold(view: RunView, event: RunEvent, entry: JournalEntry): void {
  if (isEnd(view)) expect(view, AFTER_THE_END.has(event.type), `${event.type} after the run's end (entry ${entry.seq})`);
  if (view.phase === 'new') expect(view, BEFORE_THE_START.has(event.type), `${event.type} before the run's start`);
  switch (event.type) {
    case 'run_started': {
      expect(view, view.phase === 'new', 'the run started twice');
      view.phase = 'running';
      view.deadline = event.deadline;
      if ('value' in event.definition) {
        view.definition = event.definition.value;
        for (const definition of event.definition.value.tasks) add(view, definition);
      }
      return;
    }
    case 'tasks_added':
      if ('value' in event.tasks) for (const definition of event.tasks.value) add(view, definition);
      return;
    case 'items_expanded':
      expand(view, view.tasks[event.task], 'value' in event.items ? event.items.value : []);
      return;
    case 'undo_planned':
      expect(view, view.phase === 'compensating' && view.undoPlan === undefined, 'undos planned twice, or without need');
      planUndo(view, event.tasks);
      return;
    case 'tasks_dispatched':
      for (const index of event.tasks) dispatch(view, view.tasks[index], event, entry);
      return;
    case 'tasks_completed':
      for (const [index, attempt, , result] of event.done) complete(view, view.tasks[index], attempt, result);
      return;
    case 'attempt_failed': {
      const task = view.tasks[event.task];
      if (!task) return unknown(view, event.type);
      expect(view, task.status === 'dispatched' || task.status === 'suspended' || task.status === 'open', `attempt of ${task.id} failed while ${task.status}`);
      expect(view, event.attempt === task.attempt, `attempt ${event.attempt} of ${task.id} failed, but ${task.attempt} was under way`);
      task.status = 'backoff';
      if (event.silent) task.unsure = true;
      if (event.silent) view.silences += 1;
      if (event.error.class === 'non_recoverable') task.refused += 1;
      if (event.error.code === 'task_parked' && event.error.class === 'non_recoverable') view.poisoned.push(`${runKey(view, task)}/${event.attempt}`);
      if (!event.rerouted) task.spent += 1;
      if (event.willRetry && !event.rerouted) view.retries += 1;
      checkRetryBudget(view);
      return;
    }
    case 'retry_scheduled':
      return move(view, view.tasks[event.task], ['backoff'], 'backoff', event.type);
    case 'retry_due':
      for (const index of event.tasks) move(view, view.tasks[index], ['backoff'], 'open', event.type);
      return;
    case 'tasks_resumed':
      for (const index of event.tasks) move(view, view.tasks[index], ['suspended'], 'open', event.type);
      return;
    case 'tasks_held':
      for (const index of event.tasks) move(view, view.tasks[index], ['open', 'suspended'], 'suspended', event.type);
      return;
    case 'task_suspended': {
      const task = view.tasks[event.task];
      if (!task) return unknown(view, event.type);
      move(view, task, ['open', 'backoff', 'suspended'], 'suspended', event.type);
      mayBegin(view, task, event.type);
      task.attempt = event.attempt;
      if (event.on.for === 'decision') view.waiting.set(task.id, event.on.id);
      return;
    }
    case 'fallback_chosen': {
      const task = view.tasks[event.task];
      if (!task) return unknown(view, event.type);
      expect(view, task.definition.fallback !== undefined && !task.usesFallback, `${task.id} falls back on nothing, or twice`);
      task.usesFallback = true;
      task.spent = 0;
      return move(view, task, ['open', 'backoff', 'suspended', 'dispatched'], 'open', event.type);
    }
    case 'decision_taken': {
      const task = view.tasks[event.task];
      if (!task) return unknown(view, event.type);
      expect(view, task.status === 'suspended' && view.waiting.get(task.id) === event.id, `${task.id} got an answer to ${event.id}, which is not its open question`);
      view.waiting.delete(task.id);
      task.decision = event.decision;
      if (event.decision === 'retry') {
        task.status = 'open';
        task.spent = 0;
      }
      return;
    }
    case 'task_failed': {
      const task = view.tasks[event.task];
      if (!task) return unknown(view, event.type);
      expect(view, !isOver(task), `${task.id} failed, but it is ${task.status}`);
      task.status = 'failed';
      if (view.phase === 'compensating') task.late = true;
      task.error = event.error;
      task.tolerated = event.tolerated === true;
      for (const child of task.children ?? []) cancel(view.byId.get(child));
      return;
    }
    case 'tasks_skipped':
      for (const index of event.tasks) move(view, view.tasks[index], ['open'], 'skipped', event.type);
      return;
    case 'event_received':
      expect(view, !view.received.has(event.id), `event ${event.id} counts twice`);
      view.received.add(event.id);
      return;
    case 'event_taken':
      expect(view, view.received.has(event.id) && !view.taken.has(event.id), `event ${event.id} was taken twice, or never came`);
      view.taken.add(event.id);
      return;
    case 'message_refused':
      view.refused.push(event.code);
      return;
    case 'compensation_begun':
      expect(view, view.phase === 'running', 'compensation began twice');
      view.phase = 'compensating';
      for (const task of view.tasks) if (task.status !== 'dispatched') cancel(task);
      view.deadline = event.deadline;
      return;
    case 'run_completed': {
      expect(view, view.phase === 'running', 'a compensated run completed');
      // The tasks of a forEach are its own affair.
      const open = view.tasks.filter((task) => !isSettled(task) && task.parent === undefined);
      expect(view, open.length === 0, `the run completed without ${open.map((task) => `${task.id} (${task.status})`).join(', ')}`);
      view.phase = 'completed';
      return;
    }
    case 'run_failed':
      view.phase = 'failed';
      view.error = event.error;
      if (event.task !== undefined) view.failedTask = view.tasks[event.task]?.id ?? '?';
      view.tasks.forEach(cancel);
      return;
    case 'run_cancelled':
      view.phase = 'cancelled';
      view.tasks.forEach(cancel);
      return;
    default:
      return;
  }
}

const runKey = (view: RunView, task: TaskView): string => `${view.runId}/${task.id}`;

function unknown(view: RunView, type: string): void {
  view.faults.push(`M: ${type} speaks of a task that the run does not have`);
}

function add(view: RunView, definition: TaskDefinition, more: Partial<TaskView> = {}): void {
  expect(view, !view.byId.has(definition.id), `there are two tasks ${definition.id}`);
  const task: TaskView = {
    ...{ id: definition.id, definition, status: 'open', attempt: 0, holders: [], tolerated: false },
    ...{ usesFallback: false, unsure: false, spent: 0, refused: 0 },
    ...more,
  };
  view.tasks.push(task);
  view.byId.set(definition.id, task);
}

function expand(view: RunView, parent: TaskView | undefined, items: readonly Json[]): void {
  if (!parent) return unknown(view, 'items_expanded');
  move(view, parent, ['open'], 'suspended', 'items_expanded');
  mayBegin(view, parent, 'items_expanded');
  const { forEach, dependsOn: _on, when: _when, optional: _optional, ...work } = parent.definition;
  expect(view, forEach !== undefined && parent.children === undefined, `${parent.id} has no items, or had them before`);
  parent.children = items.map((_, place) => `${parent.id}.${place}`);
  for (const id of parent.children) add(view, { ...work, id, group: parent.id }, { parent: parent.id });
}

function planUndo(view: RunView, indices: readonly number[]): void {
  const undone = indices.flatMap((index) => view.tasks[index] ?? []);
  const working = view.tasks.filter(({ status }) => status === 'dispatched');
  expect(view, working.length === 0, `undone while ${working.map(({ id }) => id).join(', ')} may still be done`);
  // What was done, and what may have been.
  const due = view.tasks.filter((task) => task.definition.undo && !task.children && (task.status === 'completed' || task.unsure));
  const missed = due.find((task) => !undone.includes(task));
  expect(view, !missed, `${missed?.id} was or may have been done, and is not undone`);
  view.undoPlan = undone.map(({ id }) => id);
  const orders = undone.map(({ order, unsure }) => (order === undefined && unsure ? Number.POSITIVE_INFINITY : (order ?? -1)));
  expect(view, orders.every((order, place) => place === 0 || order <= (orders[place - 1] ?? 0)), `undone in the wrong order: ${view.undoPlan.join(', ')}`);
  undone.forEach((task, place) => {
    const { undo } = task.definition;
    expect(view, undo !== undefined, `${task.id} is undone, but says not how`);
    if (!undo) return;
    const before = undone[place - 1];
    add(view, { ...undo, id: `${task.id}.undo`, optional: true, ...(before && { dependsOn: [`${before.id}.undo`] }) }, { undoOf: task.id });
  });
}

function dispatch(view: RunView, task: TaskView | undefined, event: Extract<RunEvent, { type: 'tasks_dispatched' }>, entry: JournalEntry): void {
  if (!task) return unknown(view, event.type);
  move(view, task, ['open', 'suspended'], 'dispatched', event.type);
  mayBegin(view, task, event.type);
  expect(view, event.attempt === task.attempt + 1, `attempt ${event.attempt} of ${task.id} follows ${task.attempt}`);
  task.attempt = event.attempt;
  task.holders[event.attempt - 1] = event.agent;
  expect(view, view.phase === 'running' || task.undoOf !== undefined, `${task.id} was dispatched while the run was ${view.phase}`);
  if (event.notAfter > view.deadline) view.faults.push(`B: attempt ${event.attempt} of ${task.id} may outlive the run's deadline`);
  // The sweeper notices a deadline that is further off than a timer reaches, within two minutes.
  if (entry.at > view.deadline + 120_000) view.faults.push(`B: ${task.id} was dispatched after the run's deadline`);
}

/** Dependencies are over, and its group has room. */
function mayBegin(view: RunView, task: TaskView, how: string): void {
  for (const name of task.definition.dependsOn ?? []) {
    const one = view.byId.get(name);
    const waited = one ? [one] : view.tasks.filter(({ definition }) => definition.group === name);
    const open = waited.find((other) => !isSettled(other));
    expect(view, !open, `${how} of ${task.id} before ${open?.id} was over`);
  }
  const { group } = task.definition;
  if (group === undefined) return;
  const limit = task.parent === undefined ? view.definition?.groups?.[group]?.limit : view.byId.get(group)?.definition.forEach?.limit;
  if (limit === undefined) return;
  const busy = view.tasks.filter((other) => other.definition.group === group && ['dispatched', 'suspended', 'backoff'].includes(other.status));
  if (busy.length > limit) view.faults.push(`B: ${busy.length} tasks of ${group} at once, ${limit} may be`);
}

function complete(view: RunView, task: TaskView | undefined, attempt: number, result: ResultValue): void {
  if (!task) return unknown(view, 'tasks_completed');
  expect(view, !isOver(task), `${task.id} completed, but it is ${task.status}`);
  // What the coordinator does itself is an attempt of its own.
  const last = Math.max(1, task.attempt + (task.status === 'open' ? 1 : 0));
  expect(view, attempt <= last, `attempt ${attempt} of ${task.id} completed, the last was ${task.attempt}`);
  expect(view, view.phase === 'running' || task.undoOf !== undefined || task.status === 'dispatched', `${task.id} completed while the run was ${view.phase}`);
  if (task.status === 'open') mayBegin(view, task, 'completion');
  for (const child of task.children ?? []) {
    const item = view.byId.get(child);
    expect(view, item !== undefined && isSettled(item), `${task.id} completed before ${child}`);
  }
  if ('value' in result && task.decision === undefined && JSON.stringify(result.value).length > INLINE_RESULT && !task.children && task.definition.type !== undefined)
    view.faults.push(`B: ${task.id} has a result of ${JSON.stringify(result.value).length} bytes in the journal`);
  task.status = 'completed';
  if (view.phase === 'compensating') task.late = true;
  task.attempt = Math.max(task.attempt, attempt);
  task.result = result;
  task.order = view.completed;
  view.completed += 1;
}

function move(view: RunView, task: TaskView | undefined, from: readonly ViewStatus[], to: ViewStatus, type: string): void {
  if (!task) return unknown(view, type);
  expect(view, from.includes(task.status), `${type}: ${task.id} goes from ${task.status} to ${to}`);
  task.status = to;
}

function cancel(task: TaskView | undefined): void {
  if (!task || isOver(task)) return;
  if (task.status === 'dispatched') task.unsure = true;
  task.status = 'cancelled';
  for (const _child of task.children ?? []) continue;
}

function checkRetryBudget(view: RunView): void {
  if (view.phase !== 'running') return;
  const { reserve, ratio } = view.definition?.retryBudget ?? { reserve: 20, ratio: 1 };
  if (view.retries > reserve + ratio * view.completed) view.faults.push(`B: ${view.retries} retries with ${view.completed} tasks completed`);
}
