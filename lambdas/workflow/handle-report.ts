import { DataError, type ErrorReport } from '../contracts/errors.ts';
import type { StatusUpdate, TaskUpdate } from '../contracts/messages.ts';
import { checkAddedTasks, checkTaskTypes } from './definition.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { recordFailure } from './fail-task.ts';
import { hasEnded } from './state.ts';
import type { Turn, TurnInput } from './turn.ts';

type Completed = Extract<TaskUpdate, { status: 'completed' }>;
type Done = Extract<RunEvent, { type: 'tasks_completed' }>['done'];

/**
 * Folds an agent's report. An agent may only speak of attempts that it holds: the attempt number is the fence, so a
 * late report of an attempt that was given up is dropped, and one about somebody else's task is refused.
 */
export function handleReport(turn: Turn, report: Extract<TurnInput, { type: 'status_update' }>): void {
  const { payload, messageId, sender } = report;
  if (sender !== payload.agent) {
    refuse(turn, messageId, 'sender_mismatch', `${sender} sent a report in the name of ${payload.agent}`);
    return;
  }
  const done: Done = [];
  const failures: Array<[TaskIndex, ErrorReport]> = [];
  const additions: Array<[TaskIndex, Completed]> = [];
  /** Two deliveries of an attempt may end differently in one report: the first word on it counts. */
  const spoken = new Set<TaskIndex>();
  for (const update of payload.updates) {
    const index = heldTask(turn, payload, update, messageId);
    if (index === undefined || spoken.has(index)) continue;
    spoken.add(index);
    if (update.status === 'failed') failures.push([index, update.error]);
    else if (update.tasks && update.tasks.length > 0) additions.push([index, update]);
    else done.push([index, update.attempt, update.duration_ms, update.result]);
  }
  if (done.length > 0) turn.emit({ type: 'tasks_completed', agent: payload.agent, done });
  for (const [index, update] of additions) addTasks(turn, payload.agent, index, update);
  for (const [index, error] of failures) {
    if (!hasEnded(turn.draft)) recordFailure(turn, index, error);
  }
}

/** The task of an update, if its agent holds this attempt now. */
function heldTask(turn: Turn, payload: StatusUpdate, update: TaskUpdate, messageId: string): TaskIndex | undefined {
  const index = turn.draft.indexOf.get(update.task_id);
  const task = index === undefined ? undefined : turn.draft.tasks[index];
  if (index === undefined || !task) {
    refuse(
      turn,
      messageId,
      'unknown_task',
      `${payload.agent} reported on ${update.task_id}, which this run does not have`,
    );
    return undefined;
  }
  if (task.status !== 'dispatched' || task.attempt !== update.attempt) return undefined;
  if (task.agent !== payload.agent) {
    refuse(
      turn,
      messageId,
      'not_the_holder',
      `${payload.agent} reported on ${update.task_id}, which ${task.agent} holds`,
    );
    return undefined;
  }
  return index;
}

/** Decomposition: the new tasks and the completion of the task that made them are one step, or none. */
function addTasks(turn: Turn, agent: string, index: TaskIndex, update: Completed): void {
  const { draft, emit, context } = turn;
  const tasks = update.tasks ?? [];
  try {
    checkAddedTasks(draft.indexOf, tasks);
    checkTaskTypes(
      { tasks },
      context.agents.flatMap((known) => Object.keys(known.capabilities)),
    );
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    recordFailure(turn, index, {
      ...error.toReport(),
      message: `${agent} added tasks that can't run: ${error.message}`,
    });
    return;
  }
  emit({ type: 'tasks_added', by: index, tasks: { value: tasks } });
  emit({ type: 'tasks_completed', agent, done: [[index, update.attempt, update.duration_ms, update.result]] });
}

function refuse(turn: Turn, messageId: string, code: string, reason: string): void {
  turn.emit({ type: 'message_refused', messageId, code, reason });
}
