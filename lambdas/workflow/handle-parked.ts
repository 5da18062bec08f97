import type { TaskParked } from '../contracts/messages.ts';
import { giveUp, recordFailure, unknownOutcome } from './failure.ts';
import type { Turn } from './turn.ts';

/** The inbox gave up on an attempt: its worker crashed each time, or was never there. */
export function handleParked(turn: Turn, payload: TaskParked): void {
  const { draft, emit } = turn;
  const index = draft.indexOf.get(payload.task_id);
  const task = index === undefined ? undefined : draft.tasks[index];
  if (index === undefined || task?.status !== 'dispatched' || task.attempt !== payload.attempt) return;
  const message = `${payload.agent} could not finish this task and its message is parked for repair: ${payload.reason}`;
  const code = 'task_parked';
  if (turn.context.agents.find(({ name }) => name === task.agent)?.effects === 'outside') {
    // A worker that crashed may have taken effect before: only a person may let it be done again (rule 6).
    recordFailure(turn, index, unknownOutcome({ code, class: 'non_recoverable', message }));
    return;
  }
  if (payload.shared) {
    // It may be innocent: its next attempt travels alone and will tell.
    recordFailure(turn, index, { code, class: 'recoverable', message: message.slice(0, 2_000) });
    return;
  }
  const error = { code, class: 'non_recoverable', message: message.slice(0, 2_000) } as const;
  const { attempt, agent } = task;
  const failed = { type: 'attempt_failed', task: index, attempt, error, willRetry: false, silent: true } as const;
  emit({ ...failed, ...(agent !== undefined && { agent }) });
  giveUp(turn, index, error);
}
