import { DataError } from '../contracts/errors.ts';
import { MOST_FORKS } from '../contracts/messages.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import type { Dispatches } from './dispatch.ts';
import { applyEdit, type EditRequest } from './edit-run.ts';
import { failRun } from './end-run.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { giveUp } from './failure.ts';
import { restoreState } from './snapshot.ts';
import { type RunState, taskAt } from './state.ts';
import type { Turn, TurnInput } from './turn.ts';

type ForkInput = Extract<TurnInput, { type: 'fork_run' }>;

/** Begins a run where another stood. The same request again finds that it has begun. */
export function handleFork(turn: Turn, { payload }: ForkInput): void {
  const { draft, emit, context } = turn;
  if (draft.phase !== 'new') return;
  const { request, edit, definition } = payload;
  emit(forkEvent(payload, context.now));
  if (draft.cancelReason !== undefined) {
    emit({ type: 'run_cancelled', reason: draft.cancelReason, by: 'an earlier request' });
  } else if (edit) {
    change(turn, {
      ...{ requestId: request.request_id, by: request.requested_by, reason: `fork of ${payload.from}`, edit },
      ...(definition && { definition }),
    });
  }
}

/** What a fork begins with. */
export function forkEvent(payload: ForkInput['payload'], now: number): RunEvent {
  const { from, at, request, effects, state, records } = payload;
  const { timeoutSeconds } = restoreState(state).definition;
  return {
    ...{ type: 'run_forked', from, at, request, effects },
    state: { value: state },
    records: { value: effects === 'recorded' ? records : {} },
    deadline: now + timeoutSeconds * 1_000,
  };
}

/** Intake has checked the changes; what has become impossible since ends the fork before it does anything. */
function change(turn: Turn, request: EditRequest): void {
  try {
    applyEdit(turn, request);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    failRun(turn, error.toReport());
  }
}

/** Where agents find what their tools did: those of a fork that only records effects do nothing outside. */
export function recordedIn({ fork, records }: RunState): { readonly recorded_in?: string[] } {
  return fork && records ? { recorded_in: [fork.from, ...(fork.before ?? [])].slice(0, MOST_FORKS) } : {};
}

/**
 * In a fork that only records effects, work with effects outside is not done: it answers what it did in the other run.
 * What that run never did, a person must answer.
 * @param agent that was chosen for it; undefined: it is a whole sub-workflow
 * @returns true when the task is dealt with
 */
export function answerFromRecord(
  turn: Turn,
  index: TaskIndex,
  agent: Pick<RegisteredAgent, 'effects'> | undefined,
  dispatches: Dispatches,
): boolean {
  const { records } = turn.draft;
  if (!records || (agent && agent.effects !== 'outside')) return false;
  const { id } = taskAt(turn.draft, index).definition;
  const record = Object.hasOwn(records, id) ? records[id] : undefined;
  if (record) dispatches.complete(index, record, true);
  else {
    const message = `task "${id}" has effects outside, and the run that was forked has no record of it: say what it answers, or fork with effects allowed`;
    giveUp(turn, index, { code: 'not_recorded', class: 'non_recoverable', message });
  }
  return true;
}
