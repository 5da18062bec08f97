import type { ErrorReport } from '../contracts/errors.ts';
import type { CancelRun, TaskParked } from '../contracts/messages.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { apply, draftOf } from './evolve.ts';
import { recordFailure } from './fail-task.ts';
import { handleReport } from './handle-report.ts';
import { schedule } from './schedule.ts';
import { hasEnded, type RunState, type TaskState } from './state.ts';
import type { Decision, Turn, TurnContext, TurnInput } from './turn.ts';

/**
 * The engine: what happens next in a run, given what came in. Pure; the journal entry made of its events is the commit.
 * Never throws on bad input: that is an event too.
 */
export function decide(state: RunState, inputs: readonly TurnInput[], context: TurnContext): Decision {
  const events: RunEvent[] = [];
  const draft = draftOf(state);
  const turn: Turn = {
    draft,
    events,
    context,
    emit: (event) => {
      events.push(event);
      apply(draft, event, context.now);
    },
  };
  for (const input of inputs) handle(turn, input);
  const { toEvaluate, more } = draft.phase === 'running' ? schedule(turn) : { toEvaluate: [], more: false };
  return { events, state: draft, toEvaluate, more };
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
      if (draft.phase === 'running') handleReport(turn, input);
      return;
    case 'cancel_run':
      cancel(turn, input.payload);
      return;
    case 'task_parked':
      if (draft.phase === 'running') parked(turn, input.payload);
      return;
    case 'wake_run':
      if (draft.phase === 'running') wake(turn);
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
      ...(token !== undefined && { taskToken: token }),
    });
    if (draft.cancelReason !== undefined)
      emit({ type: 'run_cancelled', reason: draft.cancelReason, by: 'an earlier request' });
  } else if (token !== undefined && token !== draft.taskToken) {
    emit({ type: 'token_replaced', taskToken: token });
  }
}

function cancel({ draft, emit }: Turn, { reason, requested_by: by }: CancelRun): void {
  if (draft.phase === 'running') emit({ type: 'run_cancelled', reason, by });
  else if (draft.phase === 'new' && draft.cancelReason === undefined) emit({ type: 'cancel_requested', reason, by });
}

function parked(turn: Turn, payload: TaskParked): void {
  const index = turn.draft.indexOf.get(payload.task_id);
  const task = index === undefined ? undefined : turn.draft.tasks[index];
  if (index === undefined || task?.status !== 'dispatched' || task.attempt !== payload.attempt) return;
  const error: ErrorReport = {
    code: 'task_parked',
    // One that shared its message may be innocent: its next attempt travels alone and will tell.
    class: payload.shared ? 'recoverable' : 'non_recoverable',
    message:
      `${payload.agent} could not finish this task and its message is parked for repair: ${payload.reason}`.slice(
        0,
        2_000,
      ),
  };
  recordFailure(turn, index, error);
}

/** Carries out what has become due: the deadline, attempts without an answer, retries. */
function wake(turn: Turn): void {
  const { draft, emit, context } = turn;
  if (draft.timer !== undefined && draft.timer <= context.now) emit({ type: 'timer_fired' });
  if (context.now >= draft.deadline) {
    const seconds = draft.definition.timeoutSeconds;
    const message = `the workflow did not end within its ${seconds} s; raise timeoutSeconds or see which task is slow`;
    emit({ type: 'run_failed', error: { code: 'workflow_deadline', class: 'non_recoverable', message } });
    return;
  }
  const due: TaskIndex[] = [];
  draft.tasks.forEach((task, index) => {
    if (task.due === undefined || task.due > context.now) return;
    if (task.status === 'backoff') due.push(index);
    if (task.status !== 'dispatched' || hasEnded(draft)) return;
    recordFailure(turn, index, timeoutError(task, context));
  });
  if (due.length > 0 && !hasEnded(draft)) emit({ type: 'retry_due', tasks: due });
}

/** Silence after work with outside effects may mean that they happened: that is never tried again blindly (rule 6). */
function timeoutError(task: TaskState, context: TurnContext): ErrorReport {
  const silence = `${task.agent} did not answer attempt ${task.attempt} in time`;
  const effects = context.agents.find((agent) => agent.name === task.agent)?.effects;
  if (effects !== 'outside') return { code: 'task_timeout', class: 'recoverable', message: silence };
  const message = `${silence}, and its work has outside effects: find out whether they took place before it is repeated`;
  return { code: 'unknown_outcome', class: 'non_recoverable', message };
}
