import { LIMITS } from '../contracts/limits.ts';
import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import { fault } from './check-fault.ts';

/** The most tasks a run may have, those it adds while it runs included. */
export const MAX_TASKS = LIMITS.tasks;

/**
 * Tasks, and those that lists of items stand for, are no more than a run may have.
 * @param before how many the run has already
 * @throws DataError `too_many_tasks`
 */
export function checkSize(tasks: readonly TaskDefinition[], before = 0): void {
  const hint = `a run has at most ${MAX_TASKS} tasks; split the work over several runs`;
  let total = before + tasks.length;
  if (total > MAX_TASKS) throw fault('too_many_tasks', 'tasks', hint);
  for (const [index, { id, forEach }] of tasks.entries()) {
    total += Array.isArray(forEach?.items) ? forEach.items.length : 0;
    if (total > MAX_TASKS) throw fault('too_many_tasks', `tasks.${index}.forEach.items`, `task "${id}": ${hint}`);
  }
}
