import type { ErrorReport } from '../contracts/errors.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { UNKNOWN_OUTCOME } from './failure-codes.ts';
import { hasEnded, type RunState, type TaskState, taskAt } from './state.ts';
import type { Turn, TurnInput } from './turn.ts';

type PauseInput = Extract<TurnInput, { type: 'pause_run' }>;

/** Somebody wants the run to begin nothing more. What is under way goes on, and its reports count. */
export function handlePause(turn: Turn, { messageId, payload }: PauseInput): void {
  const { draft, emit } = turn;
  const { reason, requested_by: by, request_id: requestId = messageId } = payload;
  if (draft.received.has(requestId)) return;
  const fault = pauseFault(draft);
  if (fault) {
    emit({ type: 'message_refused', messageId, ...fault, request: 'pause', by, requestId });
    return;
  }
  emit({ type: 'run_paused', reason, by, requestId, ...letGo(draft) });
}

function pauseFault(state: RunState): { code: string; reason: string } | undefined {
  if (state.phase === 'new') return { code: 'unknown_run', reason: 'there is no such run' };
  if (hasEnded(state)) return { code: 'run_ended', reason: `the run has ended: it is ${state.phase}` };
  if (state.phase === 'compensating') {
    return { code: 'run_compensating', reason: 'what the run did is being taken back; that is not paused' };
  }
  if (!state.paused) return undefined;
  const { by, reason } = state.paused;
  return { code: 'already_paused', reason: `the run is paused already${by ? ` by ${by}` : ''}: ${reason}` };
}

/** A task has used up its retries: the run waits for somebody to look at it. Its question says what can be done. */
export function pauseFor({ draft, emit }: Turn, task: TaskIndex, error: ErrorReport): void {
  if (draft.paused) return;
  const reason = `task "${taskAt(draft, task).definition.id}" has used up its attempts: ${error.message}`.slice(
    0,
    1_000,
  );
  emit({ type: 'run_paused', reason, task, error, ...letGo(draft) });
}

/** Holds come and go with the turn's context; a run that paused by itself goes on when all it asked about is settled. */
export function mindStops(turn: Turn): void {
  const { draft, emit, context, events } = turn;
  if (draft.phase !== 'running') return;
  if (context.hold !== undefined && draft.held === undefined) {
    emit({ type: 'run_held', reason: context.hold, ...letGo(draft) });
  } else if (context.hold === undefined && draft.held !== undefined) {
    emit({ type: 'run_released', deadline: deadlineWithout(draft, 'held', context.now) });
  }
  if (draft.paused && draft.paused.by === undefined && !draft.tasks.some(pausesRun)) {
    const answer = events.findLast((event) => event.type === 'decision_taken');
    resume(turn, answer?.by ?? 'coordinator');
  }
}

/** Tasks whose retries were used up are tried again, with fresh attempts; what may have happened already is not. */
export function retryPaused({ draft, emit }: Turn, by: string): void {
  for (const [task, { on, status }] of draft.tasks.entries()) {
    if (status !== 'suspended' || on?.for !== 'decision' || !on.pauses) continue;
    if (on.error?.code === UNKNOWN_OUTCOME) continue;
    emit({ type: 'decision_taken', task, id: on.id, decision: 'retry', by });
  }
}

/** The run goes on; its deadline moves by as long as it stood still. */
export function resume({ draft, emit, context }: Turn, by: string, requestId?: string): void {
  const deadline = deadlineWithout(draft, 'paused', context.now);
  emit({ type: 'run_resumed', by, deadline, ...(requestId !== undefined && { requestId }) });
}

/** The deadline, once the run is not stopped by this any more. */
function deadlineWithout(state: RunState, stop: 'paused' | 'held', now: number): number {
  const other = stop === 'paused' ? state.held : state.paused;
  return other !== undefined || state.stoppedAt === undefined ? state.deadline : state.deadline + now - state.stoppedAt;
}

function pausesRun({ status, on }: TaskState): boolean {
  return status === 'suspended' && on?.for === 'decision' && on.pauses === true;
}

function letGo({ taskToken }: RunState): Pick<Extract<RunEvent, { type: 'run_held' }>, 'taskToken'> {
  return taskToken === undefined ? {} : { taskToken };
}
