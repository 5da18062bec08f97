import { change, type Draft, draftOf, sealed } from './draft.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { reminded } from './evolve-ask.ts';
import { edited } from './evolve-edit.ts';
import { foldFlowControl } from './evolve-flow.ts';
import { forked } from './evolve-fork.ts';
import { delegated, voidOwn } from './evolve-own.ts';
import { dropStops, goOn, stop } from './evolve-pause.ts';
import { reopened } from './evolve-reopen.ts';
import { addChildren, addTasks, admit, cancelTasks, endTask, leaveAgent, leaveReady, openGroups } from './graph.ts';
import type { JournalEntry } from './journal.ts';
import { opened } from './opened.ts';
import { giveBack, leaveLines, returnAll } from './permits.ts';
import { isOver, type RunPhase, type RunState, type TaskState, taskAt } from './state.ts';
import { withUsage } from './usage.ts';

/** The state after `events`. Pure: the same state and events always give the same result. */
export function evolve(state: RunState, events: readonly RunEvent[], at: number): RunState {
  const draft = draftOf(state);
  for (const event of events) apply(draft, event, at);
  return sealed(draft);
}

/**
 * The state after many entries, as {@link evolve} would give it one by one, at the cost of one copy.
 * @param visit is shown the state after each entry: it changes with the next one, so nothing of it may be kept
 */
export function evolveAll(
  state: RunState,
  entries: readonly JournalEntry[],
  visit: (state: RunState, entry: JournalEntry) => void = () => {},
): RunState {
  const draft = draftOf(state);
  for (const entry of entries) {
    for (const event of entry.events) apply(draft, event, entry.at);
    visit(draft, entry);
  }
  return sealed(draft);
}

/** Folds one event into a draft. The journal is trusted: what it says has happened. */
export function apply(draft: Draft, event: RunEvent, at: number): void {
  fold(draft, event, at);
  admit(draft, at);
}

function fold(draft: Draft, event: RunEvent, at: number): void {
  switch (event.type) {
    case 'run_started':
      draft.phase = 'running';
      draft.request = event.request;
      draft.definition = opened(event.definition);
      draft.input = opened(event.input);
      draft.deadline = event.deadline;
      draft.contracts = event.contracts ?? {};
      draft.startedAt = at;
      if (event.taskToken !== undefined) draft.taskToken = event.taskToken;
      if (draft.definition.admission) draft.admission = { stage: 'new', gates: [], passed: 0 };
      openGroups(draft);
      addTasks(draft, draft.definition.tasks, at);
      return;
    case 'token_replaced':
      draft.taskToken = event.taskToken;
      return;
    case 'tasks_added':
      draft.contracts = { ...event.contracts, ...draft.contracts };
      addTasks(draft, opened(event.tasks), at);
      return;
    case 'tasks_delegated':
      delegated(draft, event, at);
      return;
    case 'tasks_dispatched':
      dispatched(draft, event, at);
      return;
    case 'tasks_completed':
      leaveReadyIf(
        draft,
        event.done.map(([index]) => index),
      );
      for (const [index, attempt, durationMs, result, usage] of event.done) {
        withUsage(draft, index, usage);
        const task = taskAt(draft, index);
        const standsIn = task.fallback !== undefined && attempt > (task.fallbackFrom ?? 0);
        const degraded = task.degraded ?? (standsIn ? degradationOf(task) : undefined);
        const fields = { status: 'completed', durationMs, result, order: draft.completed } as const;
        const recorded = event.recorded && { recorded: true as const };
        draft.completed += 1;
        endTask(draft, index, { ...fields, ...(degraded && { degraded }), ...recorded }, at);
      }
      return;
    case 'attempt_failed':
      failed(draft, event, at);
      return;
    case 'retry_scheduled': {
      const route = event.route && { route: event.route };
      change(draft, event.task, { status: 'backoff', since: at, due: event.at, ...route });
      return;
    }
    case 'retry_due':
    case 'tasks_resumed':
      for (const index of event.tasks) beReady(draft, index, at);
      return;
    case 'task_failed': {
      const tolerated = event.tolerated && { tolerated: true as const };
      leaveReadyIf(draft, [event.task]);
      endTask(draft, event.task, { status: 'failed', error: event.error, ...tolerated }, at);
      return;
    }
    case 'tasks_skipped':
      draft.skipped += event.tasks.length;
      leaveReady(draft, event.tasks);
      for (const index of event.tasks) endTask(draft, index, { status: 'skipped' }, at);
      return;
    case 'items_expanded':
      leaveReady(draft, [event.task]);
      addChildren(draft, event.task, opened(event.items), at);
      return;
    case 'task_suspended':
      suspended(draft, event, at);
      return;
    case 'tasks_held': {
      leaveReady(draft, event.tasks);
      const on = { for: 'agent', reason: event.reason } as const;
      for (const index of event.tasks) {
        giveBack(draft, index, true);
        change(draft, index, { status: 'suspended', since: at, on, due: event.until });
      }
      return;
    }
    case 'fallback_chosen':
      fellBack(draft, event, at);
      return;
    case 'event_received': {
      const { id, event: name, key, payload } = event;
      draft.received = new Set(draft.received).add(id);
      draft.mailbox.push({ id, event: name, payload, ...(key !== undefined && { key }) });
      return;
    }
    case 'event_taken':
      draft.mailbox = draft.mailbox.filter(({ id }) => id !== event.id);
      return;
    case 'decision_taken':
      decided(draft, event, at);
      return;
    case 'timer_armed':
      draft.timer = event.at;
      draft.timerSetAt = at;
      return;
    case 'timer_fired':
      delete draft.timer;
      delete draft.timerSetAt;
      return;
    case 'message_refused':
      receive(draft, event.requestId);
      return;
    case 'run_paused':
    case 'run_held':
      stop(draft, event, at);
      leaveLines(draft, at);
      return;
    case 'run_resumed':
    case 'run_released':
      goOn(draft, event, at);
      return;
    case 'decision_reminded':
      reminded(draft, event, at);
      return;
    case 'run_edited':
      edited(draft, event, at);
      return;
    case 'run_reopened':
      reopened(draft, event, at);
      return;
    case 'run_forked':
      forked(draft, event, at);
      return;
    case 'admission_begun':
    case 'gate_passed':
    case 'run_admitted':
    case 'gates_set':
    case 'permits_asked':
    case 'permits_granted':
    case 'permits_taken':
    case 'batch_led':
    case 'batch_joined':
    case 'batch_left':
      foldFlowControl(draft, event, at);
      return;
    case 'cancel_requested':
      if (draft.phase === 'new') draft.cancelReason = event.reason;
      receive(draft, event.requestId);
      return;
    case 'compensation_begun':
      receive(draft, event.requestId);
      draft.phase = 'compensating';
      dropStops(draft);
      draft.ending = event.outcome;
      draft.deadline = event.deadline;
      cancelTasks(
        draft,
        draft.tasks.flatMap(({ status }, index) => (status === 'dispatched' ? [] : [index])),
        at,
      );
      draft.gathered = [];
      return;
    case 'undo_planned':
      draft.undoPlanned = true;
      planUndo(draft, event.tasks, at);
      return;
    case 'run_completed':
      if (event.result) draft.result = event.result;
      end(draft, 'completed', at);
      return;
    case 'run_failed':
      if (event.task !== undefined) draft.failedTask = event.task;
      draft.error = event.error;
      end(draft, 'failed', at);
      return;
    case 'run_cancelled':
      receive(draft, event.requestId);
      draft.cancelReason = event.reason;
      end(draft, 'cancelled', at);
      return;
    default:
      throw new UnknownEvent(event);
  }
}

/** An entry written by a newer engine: the run is left alone until that engine is back. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
  constructor(event: never) {
    super(`the journal holds an event that this engine does not know: ${JSON.stringify(event).slice(0, 200)}`);
  }
}

type Event<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** A request that has been heard: the same id counts once. */
function receive(draft: Draft, requestId: string | undefined): void {
  if (requestId !== undefined) draft.received = new Set(draft.received).add(requestId);
}

function dispatched(draft: Draft, event: Event<'tasks_dispatched'>, at: number): void {
  const { agent, attempt, why, notAfter, probe } = event;
  leaveReady(draft, event.tasks);
  for (const index of event.tasks) {
    const { route: _route, probe: _probe, on: _on, ...task } = begun(draft, index, attempt);
    const fields = { status: 'dispatched', since: at, agent, why, due: notAfter } as const;
    draft.tasks[index] = { ...task, ...fields, ...(probe && { probe }) };
    const type = (task.fallback && task.definition.fallback?.type) ?? task.definition.type ?? '';
    draft.rounds.set(type, (draft.rounds.get(type) ?? 0) + 1);
  }
  draft.inFlight.set(agent, (draft.inFlight.get(agent) ?? 0) + event.tasks.length);
}

/** The task with its attempt counted, and who had the one before remembered. */
function begun(draft: Draft, index: TaskIndex, attempt: number): TaskState {
  const task = taskAt(draft, index);
  if (attempt === task.attempt) return task;
  return { ...task, attempt, ...(attempt > 1 && { holders: [...(task.holders ?? []), task.agent ?? ''] }) };
}

function failed(draft: Draft, event: Event<'attempt_failed'>, at: number): void {
  giveBack(draft, event.task);
  withUsage(draft, event.task, event.usage);
  const task = taskAt(draft, event.task);
  leaveAgent(draft, task);
  if (event.willRetry && !event.rerouted) draft.retries += 1;
  const { due: _due, on: _on, ...rest } = task;
  draft.tasks[event.task] = {
    ...rest,
    status: 'backoff',
    since: at,
    error: event.error,
    ...(task.status === 'dispatched' && { begunAt: task.begunAt ?? task.since }),
    ...(event.silent && { silences: (task.silences ?? 0) + 1 }),
    ...((event.silent || event.unsure) && { unsure: true as const }),
    ...(event.rerouted && { forgiven: (task.forgiven ?? 0) + 1, rerouted: (task.rerouted ?? 0) + 1 }),
  };
}

/** Most tasks that end or wait were with an agent: then there is nothing to leave. */
function leaveReadyIf(draft: Draft, indices: readonly TaskIndex[]): void {
  if (indices.some((index) => taskAt(draft, index).status === 'ready')) leaveReady(draft, indices);
}

/** Back among the ready: it has its place in its group already. */
function beReady(draft: Draft, index: TaskIndex, at: number): void {
  const { due: _due, on: _on, ...task } = taskAt(draft, index);
  draft.tasks[index] = { ...task, status: 'ready', since: at };
  if (task.status !== 'ready') draft.ready.push(index);
}

function suspended(draft: Draft, { task: index, attempt, on, until }: Event<'task_suspended'>, at: number): void {
  leaveReadyIf(draft, [index]);
  giveBack(draft, index);
  const { due: _due, ...task } = begun(draft, index, attempt);
  draft.tasks[index] = { ...task, status: 'suspended', since: at, on, ...(until !== undefined && { due: until }) };
  if (on.for === 'decision') draft.asked += 1;
}

/** Its fallback has attempts of its own, and nothing that the task itself remembers is known to it. */
function fellBack(draft: Draft, { task: index, error }: Event<'fallback_chosen'>, at: number): void {
  giveBack(draft, index);
  voidOwn(draft, index, at);
  const { silences: _silences, own: _own, ownOpen: _open, ...fresh } = taskAt(draft, index);
  const { attempt, epoch = 1 } = fresh;
  const other = attempt > 0 && { epoch: epoch + 1 };
  draft.tasks[index] = { ...fresh, fallback: error, fallbackFrom: attempt, forgiven: attempt, ...other };
  beReady(draft, index, at);
}

/** What a person said at an escalation; an ask-task's answer is its result and comes as a completion. */
function decided(draft: Draft, { task: index, decision, eventId }: Event<'decision_taken'>, at: number): void {
  if (eventId !== undefined) draft.received = new Set(draft.received).add(eventId);
  const task = taskAt(draft, index);
  if (task.on?.for !== 'decision' || task.on.error === undefined) return;
  if (decision === 'complete') change(draft, index, { degraded: 'person' });
  if (decision !== 'retry') return;
  const { silences: _silences, doubt: _doubt, ...fresh } = task;
  draft.tasks[index] = { ...fresh, forgiven: task.attempt };
  beReady(draft, index, at);
}

/** One after another, in the order given; each goes on whether the one before it succeeded or not. */
function planUndo(draft: Draft, indices: readonly TaskIndex[], at: number): void {
  const definitions = indices.flatMap((index, position) => {
    const { definition } = taskAt(draft, index);
    const { undo } = definition;
    if (!undo) return [];
    const before = position === 0 ? undefined : indices[position - 1];
    const dependsOn = before === undefined ? {} : { dependsOn: [`${taskAt(draft, before).definition.id}.undo`] };
    return [{ ...undo, id: `${definition.id}.undo`, optional: true, ...dependsOn }];
  });
  addTasks(draft, definitions, at, (position) => {
    const undoOf = indices[position];
    return undoOf === undefined ? {} : { undoOf };
  });
}

function degradationOf(task: TaskState): 'fallback' | 'cached' {
  return task.definition.fallback?.cachedSeconds === undefined ? 'fallback' : 'cached';
}

function end(draft: Draft, phase: RunPhase, at: number): void {
  draft.phase = phase;
  dropStops(draft);
  draft.endedAt = at;
  draft.gathered = [];
  // A run that failed may go on, and would miss what came before.
  if (phase === 'completed') draft.mailbox = [];
  delete draft.timer;
  delete draft.timerSetAt;
  cancelTasks(
    draft,
    draft.tasks.flatMap((task, index) => (isOver(task) ? [] : [index])),
    at,
  );
  returnAll(draft);
}
