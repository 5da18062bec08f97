import { DataError, type ErrorReport } from '../contracts/errors.ts';
import type { StatusUpdate, TaskUpdate } from '../contracts/messages.ts';
import type { Usage } from '../contracts/usage.ts';
import { checkAddedTasks, checkTaskTypes } from './definition.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { recordFailure } from './failure.ts';
import { type Delegated, handleDelegation } from './handle-delegation.ts';
import { contractsOf } from './select.ts';
import { holderOf, isOver, taskAt } from './state.ts';
import { taskTypesOf } from './task-types.ts';
import type { Turn, TurnInput } from './turn.ts';
import { doneOf } from './usage.ts';

type Completed = Extract<TaskUpdate, { status: 'completed' }>;
type Done = Extract<RunEvent, { type: 'tasks_completed' }>['done'];

/**
 * Folds an agent's report. An agent may only speak of attempts that it was given. The first completion of a task wins,
 * whichever attempt it was: work with outside effects is done under a claim, other work may run twice (rule 6). A
 * failure counts only while its attempt is the one that is awaited.
 */
export function handleReport(turn: Turn, report: Extract<TurnInput, { type: 'status_update' }>): void {
  const { payload, messageId, sender } = report;
  if (sender !== payload.agent) {
    refuse(turn, messageId, 'sender_mismatch', `${sender} sent a report in the name of ${payload.agent}`);
    return;
  }
  const done: Done = [];
  const failures: Array<[TaskIndex, ErrorReport, Usage | undefined]> = [];
  const additions: Array<[TaskIndex, Completed]> = [];
  const delegations: Array<[TaskIndex, Delegated]> = [];
  /** Two deliveries of an attempt may end differently in one report: the first word on it counts. */
  const spoken = new Set<TaskIndex>();
  for (const update of payload.updates) {
    const index = taskSpokenOf(turn, payload, update, messageId);
    if (index === undefined || spoken.has(index)) continue;
    spoken.add(index);
    if (update.status === 'failed') failures.push([index, update.error, update.usage]);
    else if (update.status === 'delegated') delegations.push([index, update]);
    else if (update.tasks && update.tasks.length > 0 && turn.draft.phase === 'running') additions.push([index, update]);
    else done.push(doneOf(index, update));
  }
  complete(turn, payload.agent, done);
  for (const [index, update] of additions) {
    if (turn.draft.phase !== 'running') complete(turn, payload.agent, [doneOf(index, update)]);
    else if (!isOver(taskAt(turn.draft, index))) addTasks(turn, payload.agent, index, update);
  }
  for (const [index, update] of delegations) {
    if (isAwaited(turn, index)) handleDelegation(turn, payload.agent, index, update);
  }
  for (const [index, error, usage] of failures) {
    if (isAwaited(turn, index)) recordFailure(turn, index, error, undefined, usage);
  }
}

/** With a task that goes on waiting for others ends what it waits for: that comes first, and may be spoken of as well. */
function complete({ draft, emit }: Turn, agent: string, done: Done): void {
  const isOpen = ([index]: Done[number]): boolean => !isOver(taskAt(draft, index));
  for (const one of done) {
    if (taskAt(draft, one[0]).ownOpen && isOpen(one)) emit({ type: 'tasks_completed', agent, done: [one] });
  }
  const open = done.filter(isOpen);
  if (open.length > 0) emit({ type: 'tasks_completed', agent, done: open });
}

/** The task of an update, if its agent has a say in it now. */
function taskSpokenOf(turn: Turn, payload: StatusUpdate, update: TaskUpdate, messageId: string): TaskIndex | undefined {
  const { agent } = payload;
  const index = turn.draft.indexOf.get(update.task_id);
  const task = index === undefined ? undefined : turn.draft.tasks[index];
  if (index === undefined || !task) {
    const reason = `${agent} reported on ${update.task_id}, which this run does not have`;
    refuse(turn, messageId, 'unknown_task', reason);
    return undefined;
  }
  if (isOver(task) || update.attempt > task.attempt || update.attempt <= (task.voided ?? 0)) return undefined;
  const holder = holderOf(task, update.attempt);
  if (holder !== agent) {
    const reason = `${agent} reported on ${update.task_id}, which ${holder ?? 'nobody'} holds`;
    refuse(turn, messageId, 'not_the_holder', reason);
    return undefined;
  }
  const current = task.status === 'dispatched' && update.attempt === task.attempt;
  return current || update.status === 'completed' ? index : undefined;
}

/** What came before in the same turn may have ended the run and with it this task. */
function isAwaited({ draft }: Turn, index: TaskIndex): boolean {
  return draft.tasks[index]?.status === 'dispatched';
}

/** Decomposition: the new tasks and the completion of the task that made them are one step, or none. */
function addTasks(turn: Turn, agent: string, index: TaskIndex, update: Completed): void {
  const { draft, emit, context } = turn;
  const tasks = update.tasks ?? [];
  try {
    checkAddedTasks(runAsItStands(turn), new Set(Object.keys(draft.definition.groups ?? {})), tasks);
    checkTaskTypes(
      { tasks },
      context.agents.flatMap((known) => Object.keys(known.capabilities)),
    );
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    if (!isAwaited(turn, index)) return;
    const message = `${agent} added tasks that can't run: ${error.message}`;
    recordFailure(turn, index, { ...error.toReport(), message }, 'done', update.usage);
    return;
  }
  const contracts = contractsOf(taskTypesOf(tasks), context.agents);
  emit({ type: 'tasks_added', by: index, tasks: { value: tasks }, contracts });
  emit({ type: 'tasks_completed', agent, done: [doneOf(index, update)] });
}

/** What new tasks meet: ids that are taken, and who waits for whom. */
function runAsItStands({ draft }: Turn) {
  return {
    size: draft.indexOf.size,
    // What another has delegated may be gone at any time: nobody else may wait for it.
    has: (id: string) => draft.indexOf.has(id) && !id.includes('..'),
    waitsFor: (name: string): readonly string[] => {
      const index = draft.indexOf.get(name);
      if (index !== undefined) {
        const { status, definition } = taskAt(draft, index);
        return status === 'waiting' ? (definition.dependsOn ?? []) : [];
      }
      const open = draft.groups[name]?.members.filter((member) => !isOver(taskAt(draft, member))) ?? [];
      return open.map((member) => taskAt(draft, member).definition.id);
    },
  };
}

function refuse(turn: Turn, messageId: string, code: string, reason: string): void {
  turn.emit({ type: 'message_refused', messageId, code, reason });
}
