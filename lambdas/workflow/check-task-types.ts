import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import { fault } from './check-fault.ts';
import { didYouMean } from './did-you-mean.ts';

/**
 * For every type of work that these tasks may ask for, fallbacks and undos included, there is an agent.
 * @throws DataError `unknown_task_type` with the nearest known names
 */
export function checkTaskTypes(
  definition: { readonly tasks: readonly TaskDefinition[] },
  knownTypes: Iterable<string>,
): void {
  const known = new Set(knownTypes);
  for (const [index, task] of definition.tasks.entries()) {
    for (const [field, type] of Object.entries({
      type: task.type,
      'fallback.type': task.fallback?.type,
      'undo.type': task.undo?.type,
    })) {
      if (type === undefined || known.has(type)) continue;
      const reason = `task "${task.id}": no registered agent can do "${type}"${didYouMean(type, known)}`;
      throw fault('unknown_task_type', `tasks.${index}.${field}`, reason);
    }
  }
}
