import { DataError } from '../contracts/errors.ts';
import type { TaskUpdate } from '../contracts/messages.ts';
import { ownDefinitions } from './check-own-tasks.ts';
import { checkTaskTypes } from './check-task-types.ts';
import type { TaskIndex } from './events.ts';
import { recordFailure } from './failure.ts';
import { isUndoing } from './own-tasks.ts';
import { contractsOf } from './select.ts';
import { taskAt } from './state.ts';
import { taskTypesOf } from './task-types.ts';
import type { Turn } from './turn.ts';

export type Delegated = Extract<TaskUpdate, { status: 'delegated' }>;

/**
 * An attempt has ended with tasks that must be over before its task goes on. Together they become part of the run, or
 * the task fails for what is wrong with them. A run that is taken back gets no new tasks, unless they help with that.
 */
export function handleDelegation(turn: Turn, agent: string, index: TaskIndex, update: Delegated): void {
  const { draft, emit, context } = turn;
  const task = taskAt(draft, index);
  if (draft.phase !== 'running' && !isUndoing(draft, task)) {
    const message = 'the run is being taken back, and the task was not done: it waits for nothing any more';
    recordFailure(turn, index, { code: 'run_compensating', class: 'non_recoverable', message }, 'done', update.usage);
    return;
  }
  try {
    const tasks = ownDefinitions(draft, task, update.tasks, context.agents);
    checkTaskTypes(
      { tasks },
      context.agents.flatMap((known) => Object.keys(known.capabilities)),
    );
    emit({
      ...{ type: 'tasks_delegated', task: index, attempt: update.attempt, agent, tasks: { value: tasks } },
      contracts: contractsOf(taskTypesOf(tasks), context.agents),
      ...(update.usage && { usage: update.usage }),
    });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const message = `${agent} delegated tasks that can't run: ${error.message}`.slice(0, 2_000);
    recordFailure(turn, index, { ...error.toReport(), message }, 'done', update.usage);
  }
}
