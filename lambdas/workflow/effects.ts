import type { BusEvent } from '../contracts/bus-events.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import type { Lane } from '../contracts/priority.ts';
import type { TaskIndex } from './events.ts';
import { taskAt } from './evolve.ts';
import type { JournalEntry } from './journal.ts';
import { hasEnded, type RunState } from './state.ts';

/** What a journaled turn owes the world. Ids are stable, so receivers can tell a repetition. */
export type Effect =
  | { type: 'assign'; id: string; task: TaskIndex; agent: string; lane: Lane }
  | { type: 'publish'; id: string; event: BusEvent }
  | { type: 'publish_outcome'; id: string }
  | { type: 'wake_at'; at: number }
  | { type: 'mark_started' }
  | { type: 'mark_ended' }
  | { type: 'answer_token'; token: string };

/**
 * The effects of an entry that still matter in `state`: an attempt that has ended or was superseded is not sent again.
 * Pure; asking again after a crash gives the same effects under the same ids, less those that no longer apply.
 */
export function effectsOf(state: RunState, entry: JournalEntry): Effect[] {
  const effects: Effect[] = [];
  const run = runFields(state);
  const at = new Date(entry.at).toISOString();
  entry.events.forEach((event, position) => {
    const id = `${state.runId}/${entry.seq}/${position}`;
    switch (event.type) {
      case 'run_started':
        effects.push({ type: 'mark_started' });
        effects.push({
          type: 'publish',
          id,
          event: { name: 'workflow_started', detail: { ...run, at, tasks: state.tasks.length } },
        });
        return;
      case 'tasks_dispatched':
        if (hasEnded(state)) return;
        for (const task of event.tasks) {
          const now = taskAt(state, task);
          if (now.status !== 'dispatched' || now.attempt !== event.attempt) continue;
          effects.push({ type: 'assign', id: `${id}/${task}`, task, agent: event.agent, lane: event.lane });
        }
        return;
      case 'tasks_completed':
        if (state.definition.events !== 'task') return;
        for (const [task, attempt, duration] of event.done) {
          const { id: taskId, type } = taskAt(state, task).definition;
          const detail = {
            ...run,
            at,
            task_id: taskId,
            task_type: type,
            agent: event.agent,
            attempt,
            duration_ms: duration,
          };
          effects.push({ type: 'publish', id: `${id}/${task}`, event: { name: 'task_completed', detail } });
        }
        return;
      case 'attempt_failed': {
        const { id: taskId, type } = taskAt(state, event.task).definition;
        const { agent, attempt, error, willRetry } = event;
        const detail = { ...run, at, task_id: taskId, task_type: type, agent, attempt, error, will_retry: willRetry };
        effects.push({ type: 'publish', id, event: { name: 'agent_failure', detail } });
        return;
      }
      case 'timer_armed':
        if (state.timer === event.at) effects.push({ type: 'wake_at', at: event.at });
        return;
      case 'token_replaced':
        if (hasEnded(state) && state.taskToken !== undefined)
          effects.push({ type: 'answer_token', token: state.taskToken });
        return;
      case 'run_completed':
      case 'run_failed':
      case 'run_cancelled':
        effects.push({ type: 'publish_outcome', id }, { type: 'mark_ended' });
        if (state.taskToken !== undefined) effects.push({ type: 'answer_token', token: state.taskToken });
        return;
      default:
        return;
    }
  });
  return effects;
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
