import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import { fault } from './check-fault.ts';
import { didYouMean } from './did-you-mean.ts';

/** The tasks that a run already has, as a Set or a Map's keys can tell. */
export interface ExistingTasks {
  has(id: string): boolean;
  readonly size: number;
  /**
   * What a task or group still waits for: a waiting task its dependencies, a group its open members, anything else
   * nothing. Where it is given, tasks are refused that join a group which waits, by way of existing tasks, for them.
   */
  waitsFor?(name: string): Iterable<string>;
}

/** Every name that a task may refer to. Tasks and groups share one namespace: results are found under both. */
export interface Names {
  /** Of the tasks at hand, by their place in the list. */
  readonly tasks: ReadonlyMap<string, number>;
  readonly groups: ReadonlySet<string>;
  readonly existing: ExistingTasks;
}

/** What the engine names itself: tasks of a forEach, those that undo, those of a task. `__proto__` is no key of an object. */
export const RESERVED = /\.undo$|\.\d+$|\.\.|^__proto__$/;

/**
 * Ids are unique and not the engine's own; the group of a task is declared.
 * @throws DataError `duplicate_task`, `reserved_name`, `unknown_group`
 */
export function checkNames(
  tasks: readonly TaskDefinition[],
  groups: ReadonlySet<string>,
  existing: ExistingTasks,
): Names {
  const indexOf = new Map<string, number>();
  for (const [index, { id, group }] of tasks.entries()) {
    const field = `tasks.${index}.id`;
    if (RESERVED.test(id)) throw reserved(field, id);
    if (indexOf.has(id) || existing.has(id)) {
      throw fault('duplicate_task', field, `two tasks are called "${id}"; task ids are unique in a run`);
    }
    if (groups.has(id)) {
      throw fault('duplicate_task', field, `a task and a group are called "${id}"; they share their names in a run`);
    }
    if (group !== undefined && !groups.has(group)) {
      const hint = didYouMean(group, groups) || '; declare it under "groups" of the definition';
      throw fault('unknown_group', `tasks.${index}.group`, `task "${id}" is in group "${group}", which is none${hint}`);
    }
    indexOf.set(id, index);
  }
  return { tasks: indexOf, groups, existing };
}

/** @throws DataError `reserved_name` */
export function checkGroupNames(groups: Iterable<string>): void {
  for (const name of groups) if (RESERVED.test(name)) throw reserved(`groups.${name}`, name);
}

function reserved(field: string, name: string): Error {
  const reason = `"${name}" is a name of the engine's own: ".." and, at the end, ".undo" and ".<number>" are for tasks it makes itself`;
  return fault('reserved_name', field, reason);
}
