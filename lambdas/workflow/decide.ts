import { mindDeadline } from './deadline.ts';
import { draftOf, sealed } from './draft.ts';
import { cancelRun } from './end-run.ts';
import type { RunEvent } from './events.ts';
import { apply } from './evolve.ts';
import { handleFork } from './fork-run.ts';
import { handleBatchEnded } from './handle-batch.ts';
import { handleChildEnded } from './handle-child.ts';
import { handleDecision } from './handle-decision.ts';
import { handleEvent } from './handle-event.ts';
import { handleGrant } from './handle-grant.ts';
import { handleParked } from './handle-parked.ts';
import { handleReport } from './handle-report.ts';
import { handleResume } from './handle-resume.ts';
import { handlePause, mindStops } from './pause.ts';
import { schedule } from './schedule.ts';
import { contractsOf, createSelector, type Selector } from './select.ts';
import { isOpen, type RunState } from './state.ts';
import { taskTypesOf } from './task-types.ts';
import type { Decision, Turn, TurnContext, TurnInput } from './turn.ts';
import { wake } from './wake.ts';

/**
 * The engine: what happens next in a run, given what came in. Pure; the journal entry made of its events is the commit.
 * Never throws on bad input: that is an event too.
 */
export function decide(state: RunState, inputs: readonly TurnInput[], context: TurnContext): Decision {
  const events: RunEvent[] = [];
  const draft = draftOf(state);
  let selector: Selector | undefined;
  const turn: Turn = {
    draft,
    events,
    context,
    emit: (event) => {
      events.push(event);
      apply(draft, event, context.now);
    },
    selector: () => {
      selector ??= createSelector({ ...context, contracts: draft.contracts });
      return selector;
    },
  };
  // The deadline comes before all that is heard after it; of a compensation, what is heard is still true.
  if (draft.phase === 'running') mindDeadline(turn);
  let idle = false;
  for (const input of inputs) {
    const before = events.length;
    handle(turn, input);
    idle ||= events.length === before;
  }
  mindStops(turn);
  if (draft.phase === 'compensating') mindDeadline(turn);
  const { questions, more } = isOpen(draft) ? schedule(turn) : { questions: { evaluate: [], probes: [] }, more: false };
  return { events, state: sealed(draft), questions, more, idle };
}

function handle(turn: Turn, input: TurnInput): void {
  const { draft, emit } = turn;
  switch (input.type) {
    case 'refused':
      emit({ type: 'message_refused', messageId: input.messageId, code: input.code, reason: input.reason });
      return;
    case 'start_run':
      start(turn, input.payload);
      return;
    case 'status_update':
      if (isOpen(draft)) handleReport(turn, input);
      return;
    case 'cancel_run':
      cancelRun(turn, input.payload);
      return;
    case 'task_parked':
      if (isOpen(draft)) handleParked(turn, input.payload);
      return;
    case 'deliver_event':
      handleEvent(turn, input);
      return;
    case 'decide_task':
      handleDecision(turn, input);
      return;
    case 'child_ended':
      if (isOpen(draft)) handleChildEnded(turn, input.payload);
      return;
    case 'fork_run':
      handleFork(turn, input);
      return;
    case 'pause_run':
      handlePause(turn, input);
      return;
    case 'resume_run':
      handleResume(turn, input);
      return;
    case 'grant_flow':
      handleGrant(turn, input.payload);
      return;
    case 'batch_ended':
      handleBatchEnded(turn, input.payload);
      return;
    case 'check_flow':
      // Answered with what the journal says, which is nothing new.
      return;
    case 'wake_run':
      if (isOpen(draft)) wake(turn);
      return;
  }
}

function start({ draft, emit, context }: Turn, payload: Extract<TurnInput, { type: 'start_run' }>['payload']): void {
  const { task_token: token, request, definition, input } = payload;
  if (draft.phase === 'new') {
    emit({
      type: 'run_started',
      request,
      definition: { value: definition },
      input: { value: input },
      deadline: context.now + definition.timeoutSeconds * 1_000,
      contracts: contractsOf(taskTypesOf(definition.tasks), context.agents),
      ...(token !== undefined && { taskToken: token }),
    });
    if (draft.cancelReason !== undefined)
      emit({ type: 'run_cancelled', reason: draft.cancelReason, by: 'an earlier request' });
  } else if (token !== undefined && token !== draft.taskToken) {
    emit({ type: 'token_replaced', taskToken: token });
  }
}
