import { type BreakerPolicy, DEFAULT_BREAKER } from '../contracts/breaker.ts';
import type { BudgetChange } from '../contracts/budget.ts';
import type { BusEvent } from '../contracts/bus-events.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { ParentTask } from '../contracts/messages.ts';
import type { Lane } from '../contracts/priority.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import { typeOf } from '../contracts/workflow-definition.ts';
import { flowsToldOf, queuedAt } from './effects-flow.ts';
import { runsLeft } from './effects-own.ts';
import { changesStop } from './effects-stop.ts';
import { countUndoable } from './end-run.ts';
import type { RunEvent, Suspension, TaskIndex } from './events.ts';
import type { JournalEntry } from './journal.ts';
import { degradationOf } from './results.ts';
import { childRunId } from './run-identity.ts';
import { hasEnded, isOver, type RunState, type TaskState, taskAt } from './state.ts';

/** What a journaled turn owes the world. Ids are stable, so receivers can tell a repetition. */
export type Effect =
  | { type: 'assign'; id: string; task: TaskIndex; agent: string; lane: Lane }
  | { type: 'publish'; id: string; event: BusEvent }
  | { type: 'publish_outcome'; id: string }
  | { type: 'wake_at'; at: number }
  | { type: 'mark_started' }
  | { type: 'mark_ended' }
  | { type: 'answer_token'; token: string }
  /** The run stands still for nobody knows how long: its lifecycle execution ends, and the coordinator's timers keep it. */
  | { type: 'release_token'; token: string }
  | { type: 'mark_reopened'; at: number }
  /** Its account began with another limit. */
  | { type: 'change_budget'; id: string; change: BudgetChange }
  /** Agents at work for the run are stopped, or let go on. */
  | { type: 'mind_stop'; at: number }
  | { type: 'start_child'; task: TaskIndex; attempt: number; runId: string; workflow: string; version: number }
  | { type: 'cancel_child'; runId: string; reason: string }
  | { type: 'answer_parent'; parent: ParentTask }
  | { type: 'count_failure'; id: string; agent: string; at: number; probe: boolean; policy: BreakerPolicy }
  | { type: 'close_breaker'; agent: string }
  | { type: 'park'; id: string; task: TaskIndex; attempt: number; agent: string; reason: string }
  | { type: 'remember_result'; task: TaskIndex }
  /** How the run stands with this flow, as its state says when it is told. */
  | { type: 'ask_flow'; flow: string }
  /** A run whose work this one did. */
  | { type: 'end_member'; runId: string };

type Event<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** Where an effect comes from: the turn, the place of its event in it, and the time. */
interface Origin {
  readonly state: RunState;
  readonly id: string;
  readonly at: number;
  readonly agents: readonly RegisteredAgent[];
  /** Of the whole turn. */
  readonly events: readonly RunEvent[];
}

/**
 * The effects of an entry that still matter in `state`: an attempt that has ended or was superseded is not sent again.
 * Pure; asking again after a crash gives the same effects under the same ids, less those that no longer apply.
 */
export function effectsOf(state: RunState, entry: JournalEntry, agents: readonly RegisteredAgent[] = []): Effect[] {
  const flows = new Set(entry.events.flatMap((event) => flowsToldOf(state, event)));
  const { seq, at, events } = entry;
  const effects = events.flatMap((event, position) => [
    ...(changesStop(event) ? [{ type: 'mind_stop', at } as const] : []),
    ...effectsOfEvent(event, { state, agents, at, events, id: `${state.runId}/${seq}/${position}` }),
  ]);
  return [...effects, ...[...flows].map((flow) => ({ type: 'ask_flow', flow }) as const)];
}

function effectsOfEvent(event: RunEvent, origin: Origin): Effect[] {
  const { state, id } = origin;
  switch (event.type) {
    case 'run_started':
    case 'run_forked':
      return [{ type: 'mark_started' }, ...(state.admission ? [] : [started(origin)])];
    case 'run_admitted':
      return event.again ? [] : [started(origin)];
    case 'admission_begun':
    case 'gate_passed': {
      const queued = queuedAt(state, event);
      return queued ? [publish(origin, { name: 'workflow_queued', detail: { ...about(origin), ...queued } })] : [];
    }
    case 'tasks_dispatched':
      return assignments(event, origin);
    case 'tasks_delegated': {
      const { probe, attempt } = taskAt(state, event.task);
      return probe && attempt === event.attempt ? [{ type: 'close_breaker', agent: event.agent }] : [];
    }
    case 'tasks_completed':
      return completions(event, origin);
    case 'attempt_failed':
      return failures(event, origin);
    case 'task_failed': {
      const degraded = degradationOf(taskAt(state, event.task));
      return [
        ...(degraded ? [publish(origin, { name: 'task_degraded', detail: { ...about(origin), ...degraded } })] : []),
        ...leftAlone(state, [event.task]),
      ];
    }
    case 'task_suspended':
      return suspensions(event, origin);
    case 'message_refused': {
      if (event.request !== undefined) return [publish(origin, refusedRequest(event, origin))];
      if (event.decision === undefined) return [];
      const { decision, task = '', by = '', reason } = event;
      const detail = { ...about(origin), task_id: task, decision, decided_by: by, reason };
      return [publish(origin, { name: 'decision_refused', detail })];
    }
    case 'compensation_begun': {
      const tasks = countUndoable(state.tasks);
      const { outcome } = event;
      const reason = 'failed' in outcome ? outcome.failed.message : outcome.cancelled;
      const detail = { ...about(origin), tasks, reason };
      return [publish(origin, { name: 'workflow_compensating', detail }), ...cancelledChildren(state, reason)];
    }
    case 'timer_armed':
      return state.timer === event.at ? [{ type: 'wake_at', at: event.at }] : [];
    case 'token_replaced':
      return hasEnded(state) ? answer(state) : [];
    case 'run_paused':
      if (!state.paused) return released(event);
      return [...released(event), publish(origin, { name: 'workflow_paused', detail: pauseOf(event, origin) })];
    case 'run_held':
      return released(event);
    case 'run_resumed':
      // What has ended or stands still again since does not go on.
      if (hasEnded(state) || state.paused) return [];
      return [publish(origin, { name: 'workflow_resumed', detail: resumptionOf(event, origin) })];
    case 'run_edited':
      return (event.budgets ?? []).map((change) => ({ type: 'change_budget', id, change }) as const);
    case 'run_reopened':
      // An end that followed is recorded only once the one before it is taken back.
      if (hasEnded(state)) return [{ type: 'mark_reopened', at: origin.at }, { type: 'mark_ended' }];
      return [
        { type: 'mark_reopened', at: origin.at },
        publish(origin, { name: 'workflow_resumed', detail: resumptionOf(event, origin) }),
      ];
    case 'decision_reminded':
      return reminders(event, origin);
    case 'run_completed':
    case 'run_failed':
    case 'run_cancelled': {
      // It may have been reopened since.
      if (!hasEnded(state)) return [];
      const { parent } = state.request;
      return [
        { type: 'publish_outcome', id },
        { type: 'mark_ended' },
        ...answer(state),
        ...(parent ? [{ type: 'answer_parent' as const, parent }] : []),
        ...(state.batch && 'members' in state.batch ? state.batch.members : []).map(
          (runId) => ({ type: 'end_member', runId }) as const,
        ),
        ...cancelledChildren(state, `the run that asked for it has ${state.phase}`),
      ];
    }
    default:
      return [];
  }
}

function started(origin: Origin): Effect {
  const detail = { ...about(origin), tasks: origin.state.tasks.length };
  return publish(origin, { name: 'workflow_started', detail });
}

function assignments(event: Event<'tasks_dispatched'>, { state, id }: Origin): Effect[] {
  if (hasEnded(state)) return [];
  return event.tasks.flatMap((task) => {
    const now = taskAt(state, task);
    if (now.status !== 'dispatched' || now.attempt !== event.attempt) return [];
    return [{ type: 'assign', id: `${id}/${task}`, task, agent: event.agent, lane: event.lane } as const];
  });
}

function completions(event: Event<'tasks_completed'>, origin: Origin): Effect[] {
  const { state, id } = origin;
  const effects: Effect[] = leftAlone(
    state,
    event.done.map(([task]) => task),
  );
  for (const [task, attempt, duration_ms] of event.done) {
    const done = taskAt(state, task);
    if (done.probe && event.agent !== undefined) effects.push({ type: 'close_breaker', agent: event.agent });
    if (done.definition.fallback?.cachedSeconds !== undefined && !done.degraded)
      effects.push({ type: 'remember_result', task });
    if (state.definition.events !== 'task') continue;
    const agent = event.agent === undefined ? {} : { agent: event.agent };
    const usage = done.usage && { usage: done.usage };
    const detail = { ...about(origin), ...workOf(done), ...agent, attempt, duration_ms, ...usage };
    effects.push({ type: 'publish', id: `${id}/${task}`, event: { name: 'task_completed', detail } });
    const degraded = degradationOf(done);
    if (degraded)
      effects.push(
        publish(origin, { name: 'task_degraded', detail: { ...about(origin), ...degraded } }, `${task}/degraded`),
      );
  }
  return effects;
}

function failures(event: Event<'attempt_failed'>, origin: Origin): Effect[] {
  const { state, id, at, agents } = origin;
  const { task, agent, attempt, error, willRetry, parked } = event;
  const failed = taskAt(state, task);
  const effects: Effect[] = [];
  if (!event.rerouted) {
    const who = agent === undefined ? {} : { agent };
    const detail = { ...about(origin), ...workOf(failed), ...who, attempt, error, will_retry: willRetry };
    effects.push(publish(origin, { name: 'agent_failure', detail }));
  }
  if (agent !== undefined) {
    const probe = failed.probe === true && failed.attempt === attempt;
    const policy = agents.find(({ name }) => name === agent)?.breaker ?? DEFAULT_BREAKER;
    if (error.class === 'system' || (probe && event.silent))
      effects.push({ type: 'count_failure', id, agent, at, probe, policy });
    else if (probe) effects.push({ type: 'close_breaker', agent });
  }
  if (parked && agent !== undefined) effects.push({ type: 'park', id, task, attempt, agent, reason: error.message });
  if (failed.definition.workflow) {
    const runId = childRunId(state, failed.definition.id, attempt);
    effects.push({ type: 'cancel_child', runId, reason: error.message.slice(0, 1_000) });
  }
  return effects;
}

/** A question that was answered, or a sub-workflow that is awaited no longer, is let be. */
function suspensions({ task, attempt, on, until }: Event<'task_suspended'>, origin: Origin): Effect[] {
  const now = taskAt(origin.state, task);
  if (now.status !== 'suspended' || now.attempt !== attempt) return [];
  if (on.for === 'run') {
    const { runId, workflow, version } = on;
    return [{ type: 'start_child', task, attempt, runId, workflow, version }];
  }
  if (on.for !== 'decision' || now.on?.for !== 'decision' || now.on.id !== on.id) return [];
  return [publish(origin, { name: 'decision_requested', detail: { ...about(origin), ...questionOf(now, on, until) } })];
}

function questionOf(
  { definition }: TaskState,
  on: Extract<Suspension, { for: 'decision' }>,
  until: number | undefined,
) {
  const { id: decision_id, question, options, to, error, shows, digest } = on;
  return {
    task_id: definition.id,
    decision_id,
    question,
    options: [...options],
    ...(to !== undefined && { to }),
    ...(shows && 'value' in shows && { shows: shows.value }),
    ...(digest !== undefined && { digest }),
    ...(error && { error }),
    ...(until !== undefined && { expires_at: new Date(until).toISOString() }),
  };
}

/** The question once more, as long as nobody has answered it. */
function reminders({ task, reminder, to }: Event<'decision_reminded'>, origin: Origin): Effect[] {
  const now = taskAt(origin.state, task);
  const { on } = now;
  if (now.status !== 'suspended' || on?.for !== 'decision' || (on.reminders ?? 0) < reminder) return [];
  const detail = { ...about(origin), ...questionOf(now, on, now.due), reminder, ...(to !== undefined && { to }) };
  return [publish(origin, { name: 'decision_requested', detail })];
}

/** Sub-workflows that were under way when their run ended. */
function cancelledChildren(state: RunState, reason: string): Effect[] {
  return state.tasks.flatMap((task) => {
    if (!isOver(task) || task.status === 'completed' || task.on?.for !== 'run') return [];
    return [{ type: 'cancel_child', runId: task.on.runId, reason: reason.slice(0, 1_000) } as const];
  });
}

/** Sub-workflows that went with the tasks that are over. */
function leftAlone(state: RunState, over: readonly TaskIndex[]): Effect[] {
  const reason = 'the task that asked for it is over';
  return runsLeft(state, over).map((runId) => ({ type: 'cancel_child', runId, reason }) as const);
}

function answer({ taskToken }: RunState): Effect[] {
  return taskToken === undefined ? [] : [{ type: 'answer_token', token: taskToken }];
}

function released({ taskToken: token }: Event<'run_paused' | 'run_held'>): Effect[] {
  return token === undefined ? [] : [{ type: 'release_token', token }];
}

function pauseOf({ reason, by, task, error }: Event<'run_paused'>, origin: Origin) {
  return {
    ...about(origin),
    reason,
    ...(by !== undefined && { paused_by: by }),
    ...(task !== undefined && { task_id: taskAt(origin.state, task).definition.id }),
    ...(error && { error }),
  };
}

function resumptionOf({ by }: Event<'run_resumed' | 'run_reopened'>, origin: Origin) {
  return { ...about(origin), resumed_by: by, edited: origin.events.some(({ type }) => type === 'run_edited') };
}

function refusedRequest(
  { request = 'resume', code, reason, by = '' }: Event<'message_refused'>,
  origin: Origin,
): BusEvent {
  const { workflow_id, at } = about(origin);
  return { name: 'request_refused', detail: { request, workflow_id, at, code, reason, requested_by: by } };
}

function publish({ id }: Origin, event: BusEvent, part?: string): Effect {
  return { type: 'publish', id: part === undefined ? id : `${id}/${part}`, event };
}

function workOf({ definition }: TaskState) {
  return { task_id: definition.id, task_type: typeOf(definition) };
}

function about({ state, at }: Origin) {
  return { ...runFields(state), at: new Date(at).toISOString() };
}

/** What every event about a run says first. */
export function runFields(state: RunState) {
  const { request, definition, runId } = state;
  return {
    workflow_id: runId,
    workflow: definition.name,
    tenant: request.tenant,
    correlation_id: request.correlation_id,
    request_id: request.request_id,
  };
}

/** Why a run ended without completing. */
export function failureOf(state: RunState): ErrorReport {
  if (state.error) return state.error;
  return { code: 'cancelled', class: 'non_recoverable', message: state.cancelReason || 'the run was cancelled' };
}
