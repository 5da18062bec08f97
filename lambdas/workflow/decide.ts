import type { ErrorReport } from '../contracts/errors.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { CancelRun, StartRun, StatusUpdate, TaskParked } from '../contracts/messages.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import type { TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { apply, type Draft, draftOf } from './evolve.ts';
import { recordFailure } from './fail-task.ts';
import { handleReport } from './handle-report.ts';
import { schedule } from './schedule.ts';
import { hasEnded, type RunState, type TaskState } from './state.ts';

/** What a turn works on: messages about one run, opened, in the order they came. */
export type TurnInput =
  | {
      type: 'start_run';
      payload: Omit<StartRun, 'definition' | 'input'> & { definition: WorkflowDefinition; input: JsonObject };
    }
  | { type: 'status_update'; messageId: string; sender: string; payload: StatusUpdate }
  | { type: 'cancel_run'; payload: CancelRun }
  | { type: 'wake_run' }
  | { type: 'task_parked'; payload: TaskParked }
  | { type: 'refused'; messageId: string; code: string; reason: string };

/** What a decision reads besides state and inputs. Whatever of it matters for the outcome is journaled in the events. */
export interface TurnContext {
  /** ms; never earlier than the run's last entry. */
  readonly now: number;
  /** In [0, 1): for jitter. */
  readonly random: () => number;
  readonly agents: readonly RegisteredAgent[];
  /** Task inputs whose expressions have been evaluated, by task. */
  readonly evaluated: ReadonlyMap<TaskIndex, { value: Json } | { error: ErrorReport }>;
  /** Says whether a task's input holds expressions. */
  readonly hasExpressions: (definition: TaskDefinition) => boolean;
}

export interface Decision {
  readonly events: RunEvent[];
  /** The state after those events. */
  readonly state: RunState;
  /** Ready tasks whose expressions must be evaluated before they can go: evaluate, then decide again. */
  readonly toEvaluate: TaskIndex[];
  /** More is ready than one turn may dispatch: come back by a message to yourself. */
  readonly more: boolean;
}

/** A draft, the events that led to it, and what the decision may look at. */
export interface Turn {
  readonly draft: Draft;
  readonly events: RunEvent[];
  readonly context: TurnContext;
  emit(event: RunEvent): void;
}

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
    class: 'non_recoverable',
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
