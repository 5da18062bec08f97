import { type BreakerPolicy, DEFAULT_BREAKER } from '../contracts/breaker.ts';
import type { BusEvent } from '../contracts/bus-events.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { ParentTask } from '../contracts/messages.ts';
import type { Lane } from '../contracts/priority.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import { typeOf } from '../contracts/workflow-definition.ts';
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
  | { type: 'start_child'; task: TaskIndex; attempt: number; runId: string; workflow: string; version: number }
  | { type: 'cancel_child'; runId: string; reason: string }
  | { type: 'answer_parent'; parent: ParentTask }
  | { type: 'count_failure'; id: string; agent: string; at: number; probe: boolean; policy: BreakerPolicy }
  | { type: 'close_breaker'; agent: string }
  | { type: 'park'; id: string; task: TaskIndex; attempt: number; agent: string; reason: string }
  | { type: 'remember_result'; task: TaskIndex };

type Event<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** Where an effect comes from: the turn, the place of its event in it, and the time. */
interface Origin {
  readonly state: RunState;
  readonly id: string;
  readonly at: number;
  readonly agents: readonly RegisteredAgent[];
}

/**
 * The effects of an entry that still matter in `state`: an attempt that has ended or was superseded is not sent again.
 * Pure; asking again after a crash gives the same effects under the same ids, less those that no longer apply.
 */
export function effectsOf(state: RunState, entry: JournalEntry, agents: readonly RegisteredAgent[] = []): Effect[] {
  return entry.events.flatMap((event, position) =>
    effectsOfEvent(event, { state, agents, at: entry.at, id: `${state.runId}/${entry.seq}/${position}` }),
  );
}

function effectsOfEvent(event: RunEvent, origin: Origin): Effect[] {
  const { state, id } = origin;
  switch (event.type) {
    case 'run_started':
      return [
        { type: 'mark_started' },
        publish(origin, { name: 'workflow_started', detail: { ...about(origin), tasks: state.tasks.length } }),
      ];
    case 'tasks_dispatched':
      return assignments(event, origin);
    case 'tasks_completed':
      return completions(event, origin);
    case 'attempt_failed':
      return failures(event, origin);
    case 'task_failed': {
      const degraded = degradationOf(taskAt(state, event.task));
      return degraded ? [publish(origin, { name: 'task_degraded', detail: { ...about(origin), ...degraded } })] : [];
    }
    case 'task_suspended':
      return suspensions(event, origin);
    case 'message_refused': {
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
    case 'run_completed':
    case 'run_failed':
    case 'run_cancelled': {
      const { parent } = state.request;
      return [
        { type: 'publish_outcome', id },
        { type: 'mark_ended' },
        ...answer(state),
        ...(parent ? [{ type: 'answer_parent' as const, parent }] : []),
        ...cancelledChildren(state, `the run that asked for it has ${state.phase}`),
      ];
    }
    default:
      return [];
  }
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
  const effects: Effect[] = [];
  for (const [task, attempt, duration_ms] of event.done) {
    const done = taskAt(state, task);
    if (done.probe && event.agent !== undefined) effects.push({ type: 'close_breaker', agent: event.agent });
    if (done.definition.fallback?.cachedSeconds !== undefined && !done.degraded)
      effects.push({ type: 'remember_result', task });
    if (state.definition.events !== 'task') continue;
    const agent = event.agent === undefined ? {} : { agent: event.agent };
    const detail = { ...about(origin), ...workOf(done), ...agent, attempt, duration_ms };
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
  const { id: decision_id, question, options, to, error } = on;
  return {
    task_id: definition.id,
    decision_id,
    question,
    options: [...options],
    ...(to !== undefined && { to }),
    ...(error && { error }),
    ...(until !== undefined && { expires_at: new Date(until).toISOString() }),
  };
}

/** Sub-workflows that were under way when their run ended. */
function cancelledChildren(state: RunState, reason: string): Effect[] {
  return state.tasks.flatMap((task) => {
    if (!isOver(task) || task.status === 'completed' || task.on?.for !== 'run') return [];
    return [{ type: 'cancel_child', runId: task.on.runId, reason: reason.slice(0, 1_000) } as const];
  });
}

function answer({ taskToken }: RunState): Effect[] {
  return taskToken === undefined ? [] : [{ type: 'answer_token', token: taskToken }];
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
