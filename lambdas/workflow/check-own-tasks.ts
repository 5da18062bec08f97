import { LIMITS } from '../contracts/limits.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import { kindOf, type TaskDefinition } from '../contracts/workflow-definition.ts';
import { budgetsOf, tooDeepFor } from './budgets.ts';
import { checkCollaboration } from './check-collaboration.ts';
import { fault } from './check-fault.ts';
import { checkGraph } from './check-graph.ts';
import { checkKinds } from './check-kinds.ts';
import { type Names, RESERVED } from './check-names.ts';
import { checkReferences } from './check-references.ts';
import { checkSize } from './check-size.ts';
import { localName, prefixOf } from './own-names.ts';
import { depthOf } from './own-tasks.ts';
import type { RunState, TaskState } from './state.ts';

/** Engine and agents append to ids: ".undo", or the number of an item. */
const LONGEST_ID = 120;
/** A number alone would be an item's, "e2" is an epoch's. */
const KEY = /^(?!e?\d+$)(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9_.-]*$/;

/**
 * The tasks that an agent delegates, as its run will have them: under the ids of the task's epoch, as urgent as the task,
 * and blind to what the task may not see. They may depend on each other and on what the task delegated before.
 * @throws DataError as a definition does, and `foreign_task`, `reserved_name`, `id_too_long`, `too_deep`,
 * `budget_exhausted`
 */
export function ownDefinitions(
  state: RunState,
  owner: TaskState,
  tasks: readonly TaskDefinition[],
  agents: readonly RegisteredAgent[],
): TaskDefinition[] {
  const { id, priority, sees } = owner.definition;
  const prefix = prefixOf(id, owner.epoch);
  const keyed = tasks.map((task, index) => withKeys(task, index, `${id}..`));
  checkNames(keyed, prefix, state);
  checkSize(keyed, state.indexOf.size);
  checkKinds(keyed);
  const existing = { has: (key: string) => state.indexOf.has(prefix + key), size: state.indexOf.size };
  checkGraph(keyed, namesOf(keyed, existing));
  const local = keyed.map((task) => renamed(task, localName));
  const names = namesOf(local, existing);
  checkCollaboration(local, names);
  checkReferences(local, names, state.definition.input);
  checkDepth(state, owner, keyed, agents);
  return keyed.map((task) => {
    const input = sees?.input && (task.sees?.input?.filter((field) => sees.input?.includes(field)) ?? sees.input);
    return {
      ...(priority !== undefined && { priority }),
      ...renamed(task, (key) => prefix + key),
      ...(input && { sees: { ...task.sees, input } }),
    };
  });
}

function renamed(task: TaskDefinition, name: (id: string) => string): TaskDefinition {
  const { id, dependsOn } = task;
  return { ...task, id: name(id), ...(dependsOn && { dependsOn: dependsOn.map(name) }) };
}

/** By the part of each id that is after the owner's own. */
function withKeys(task: TaskDefinition, index: number, prefix: string): TaskDefinition {
  const foreign = (field: string, id: string): Error =>
    fault(
      'foreign_task',
      `tasks.${index}.${field}`,
      `"${id}" is no task of its own: its id must begin with "${prefix}"`,
    );
  if (!task.id.startsWith(prefix)) throw foreign('id', task.id);
  const stranger = task.dependsOn?.findIndex((id) => !id.startsWith(prefix)) ?? -1;
  if (stranger >= 0) throw foreign(`dependsOn.${stranger}`, task.dependsOn?.[stranger] ?? '');
  return renamed(task, (id) => id.slice(prefix.length));
}

function checkNames(keyed: readonly TaskDefinition[], prefix: string, state: RunState): void {
  const seen = new Set<string>();
  for (const [index, { id: key, group }] of keyed.entries()) {
    const field = `tasks.${index}.id`;
    if (!KEY.test(key) || RESERVED.test(localName(key))) {
      throw fault('reserved_name', field, `"${key}" can't be the name of a task that another delegates`);
    }
    if (prefix.length + key.length > LONGEST_ID) {
      throw fault('id_too_long', field, `"${prefix}${key}" is longer than ${LONGEST_ID} characters; use shorter ids`);
    }
    if (seen.has(key) || state.indexOf.has(prefix + key)) {
      throw fault('duplicate_task', field, `the task has delegated "${key}" already; give the new one another id`);
    }
    if (group !== undefined) {
      throw fault('unknown_group', `tasks.${index}.group`, `task "${key}" is in group "${group}": own tasks have none`);
    }
    seen.add(key);
  }
}

function namesOf(tasks: readonly TaskDefinition[], existing: Names['existing']): Names {
  return { tasks: new Map(tasks.map(({ id }, index) => [id, index])), groups: new Set(), existing };
}

/** Waiting is not work: it may stand at any depth. */
function checkDepth(
  state: RunState,
  owner: TaskState,
  tasks: readonly TaskDefinition[],
  agents: readonly RegisteredAgent[],
): void {
  const depth = (state.request.parent?.depth ?? 0) + depthOf(state, owner) + 1;
  const index = tasks.findIndex((task) => ['type', 'workflow'].includes(kindOf(task)));
  if (index < 0) return;
  const over = tooDeepFor(budgetsOf(state, owner, agents));
  if (over !== undefined) throw fault('budget_exhausted', `tasks.${index}`, over);
  if (depth <= LIMITS.depth) return;
  const reason = `tasks of tasks and runs inside runs may be ${LIMITS.depth} deep; this would be number ${depth}`;
  throw fault('too_deep', `tasks.${index}`, reason);
}
