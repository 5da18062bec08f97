import { DataError } from '../contracts/errors.ts';
import { checkEdit } from './check-edit.ts';
import { emitEdit } from './edit-run.ts';
import { resume, retryPaused } from './pause.ts';
import { hasEnded, type RunState } from './state.ts';
import type { Turn, TurnInput } from './turn.ts';

type ResumeInput = Extract<TurnInput, { type: 'resume_run' }>;

/**
 * A paused run goes on, a run that has failed goes on where it failed; changed first, if the request says so. One fault,
 * and nothing changes: the request is refused, and said so.
 */
export function handleResume(turn: Turn, { messageId, payload }: ResumeInput): void {
  const { draft, emit } = turn;
  const { request_id: requestId, requested_by: by, edit } = payload;
  if (draft.received.has(requestId)) return;
  try {
    checkPhase(draft, payload);
    if (edit) checkEdit(draft, edit, payload.definition, turn.context.agents);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const { code, message: reason } = error;
    emit({ type: 'message_refused', messageId, code, reason, by, request: edit ? 'edit' : 'resume', requestId });
    return;
  }
  if (hasEnded(draft)) reopen(turn, payload);
  change(turn, payload);
  if (payload.stay_paused) return;
  if (draft.paused) {
    retryPaused(turn, by);
    resume(turn, by, requestId);
  }
}

function checkPhase(state: RunState, { edit, stay_paused: stays }: ResumeInput['payload']): void {
  const { phase } = state;
  const refuse = (code: string, reason: string): never => {
    throw new DataError(code, reason);
  };
  if (phase === 'new') refuse('unknown_run', 'there is no such run');
  if (phase === 'compensating') {
    refuse('run_compensating', 'what the run did is being taken back; wait until it has ended and fork it');
  }
  if (phase === 'completed') refuse('run_completed', 'the run has completed; to do it in another way, fork it');
  if (state.ending) refuse('run_undone', 'what the run did was taken back; fork it instead');
  if (phase === 'running' && !state.paused) {
    const held = state.held === undefined ? '' : `, but on hold: ${state.held}`;
    refuse('not_paused', `the run is not paused${held}${edit ? '; pause it before you change it' : ''}`);
  }
  if (phase !== 'running' && state.startedAt === 0) refuse('never_began', 'the run has never begun; ask for it again');
  if (stays && !edit) refuse('nothing_to_do', 'the run is to stay paused, and nothing is to be changed');
}

function reopen({ draft, emit, context }: Turn, payload: ResumeInput['payload']): void {
  const { request_id: requestId, requested_by: by, definition, edit, stay_paused: stays } = payload;
  const seconds = (definition ?? draft.definition).timeoutSeconds;
  // One request may be two events: an edit counts by itself.
  emit({ type: 'run_reopened', requestId, by, deadline: context.now + seconds * 1_000 });
  if (stays && edit) emit({ type: 'run_paused', reason: payload.reason, by });
}

function change(turn: Turn, payload: ResumeInput['payload']): void {
  const { request_id: requestId, requested_by: by, reason, edit, definition } = payload;
  if (edit) emitEdit(turn, { requestId, by, reason, edit, ...(definition && { definition }) });
}
