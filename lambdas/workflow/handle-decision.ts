import type { ResultValue } from '../contracts/blob.ts';
import type { Json } from '../contracts/json.ts';
import type { DecideTask } from '../contracts/messages.ts';
import { mayBeSame } from '../contracts/principal.ts';
import type { TaskIndex } from './events.ts';
import { failTask } from './failure.ts';
import { isStopped, type RunState, type TaskState } from './state.ts';
import type { Turn, TurnInput } from './turn.ts';

/**
 * A person's answer. Only the open question of a task can be answered, once, with one of its options: anything else is
 * refused, and said so.
 */
export function handleDecision(turn: Turn, { messageId, payload }: Extract<TurnInput, { type: 'decide_task' }>): void {
  const { draft, emit } = turn;
  const { task_id: taskId, decision, decided_by: by, comment, event_id: eventId } = payload;
  if (eventId !== undefined && draft.received.has(eventId)) return;
  const index = draft.indexOf.get(taskId);
  const task = index === undefined ? undefined : draft.tasks[index];
  const fault = faultOf(payload, task) ?? (task && (lateFault(turn, task) ?? boundFault(draft, payload, task)));
  if (fault !== undefined || index === undefined || task?.on?.for !== 'decision') {
    const reason = fault ?? `task "${taskId}" waits for no decision`;
    const about = { task: taskId, decision, by, ...(eventId !== undefined && { requestId: eventId }) };
    emit({ type: 'message_refused', messageId, code: 'decision_refused', reason, ...about });
    return;
  }
  const { id, error } = task.on;
  emit({
    type: 'decision_taken',
    task: index,
    id,
    decision,
    by,
    ...(comment !== undefined && { comment }),
    ...(eventId !== undefined && { eventId }),
  });
  if (error === undefined) complete(turn, index, task, payload.answer ?? { value: answerOf(payload) });
  else if (decision === 'complete') complete(turn, index, task, payload.value ?? { value: null });
  else if (decision === 'fail') failTask(turn, index, error);
  else if (decision === 'skip') turn.emit({ type: 'task_failed', task: index, error, tolerated: true });
}

function faultOf(
  { task_id: id, decision, decision_id: asked }: Omit<DecideTask, 'value'>,
  task: TaskState | undefined,
): string | undefined {
  if (!task) return `this run has no task "${id}"`;
  if (task.status !== 'suspended' || task.on?.for !== 'decision') {
    return `task "${id}" waits for no decision; it is ${task.status}`;
  }
  const { on } = task;
  if (asked !== undefined && asked !== on.id) return `the question ${asked} is closed; the open one is ${on.id}`;
  if (!on.options.includes(decision)) return `"${decision}" is none of the options: ${on.options.join(', ')}`;
  return undefined;
}

/** When the time to answer is over, silence has been the answer, whether or not the timer was there first. */
function lateFault({ draft, context }: Turn, { due, on }: TaskState): string | undefined {
  if (due === undefined || due > context.now || isStopped(draft) || on?.for !== 'decision') return undefined;
  return `the question ${on.id} is closed: the time to answer it was over at ${new Date(due).toISOString()}`;
}

/** An answer is to exactly what was shown, and nobody approves what they have asked for themselves. */
function boundFault(
  { request }: RunState,
  { digest, decided_by: by }: Omit<DecideTask, 'value'>,
  { on, definition }: TaskState,
): string | undefined {
  if (on?.for !== 'decision') return undefined;
  if (digest === undefined && on.shows !== undefined) {
    return `say what was decided about: this needs the digest that came with the question ${on.id}`;
  }
  if (digest !== undefined && digest !== on.digest) {
    return `the digest is not that of the open question ${on.id}: something else was decided about`;
  }
  // What a failure needs may be answered by anybody, but not where that would be the approval after all.
  const approves =
    on.error === undefined ? on.self === undefined : definition.ask !== undefined && !definition.ask.self;
  const own = approves && mayBeSame(by, request.requested_by);
  return own ? 'whoever asked for the run may not decide it' : undefined;
}

/** The result of a task that asked. */
export function answerOf({ decision, comment, decided_by }: Omit<DecideTask, 'value'>): Json {
  return { decision, comment: comment ?? '', decided_by };
}

function complete({ emit, context }: Turn, index: TaskIndex, { attempt, since }: TaskState, result: ResultValue): void {
  emit({ type: 'tasks_completed', done: [[index, Math.max(1, attempt), context.now - since, result]] });
}
