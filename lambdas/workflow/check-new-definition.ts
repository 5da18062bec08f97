import { canonicalJson } from '../contracts/canonical-json.ts';
import { asJson, type Json } from '../contracts/json.ts';
import type { TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';
import { fault } from './check-fault.ts';
import { checkFree, isDone } from './check-task-edit.ts';
import { isSame } from './evolve-edit.ts';
import type { RunState, TaskState } from './state.ts';

/**
 * Can the run go on under this definition? What is done must be in it, what somebody works on must be in it unchanged,
 * and what agents have added must find what it depends on.
 * @throws DataError `unknown_version`, `other_workflow`, `task_lost`, `task_at_work`, `duplicate_task`, `items_changed`
 */
export function checkNewDefinition(
  state: RunState,
  version: number,
  definition: WorkflowDefinition | undefined,
): asserts definition is WorkflowDefinition {
  const { name } = state.definition;
  if (!definition || definition.version !== version) {
    throw fault('unknown_version', 'version', `there is no version ${version} of workflow "${name}"; deploy it first`);
  }
  if (definition.name !== name) {
    throw fault('other_workflow', 'version', `that is workflow "${definition.name}"; this run is one of "${name}"`);
  }
  const next = new Map(definition.tasks.map((task) => [task.id, task]));
  const own = new Set(state.definition.tasks.map(({ id }) => id));
  for (const task of state.tasks) {
    if (own.has(task.definition.id) && !task.removed) checkKept(state, task, next.get(task.definition.id));
    else if (!task.removed && task.undoOf === undefined) checkAdded(state, task, next, definition, own);
  }
}

function checkKept(state: RunState, task: TaskState, next: TaskDefinition | undefined): void {
  const { id } = task.definition;
  if (!next) {
    if (isDone(state, task)) {
      const reason = `the new version has no task "${id}", which this run has done: what is done must be in it`;
      throw fault('task_lost', `version.tasks.${id}`, reason);
    }
    checkFree(state, task, `version.tasks.${id}`);
    if (task.children) throw itemsChanged(id);
    return;
  }
  if (isDone(state, task) || isSame(task.definition, next)) return;
  checkFree(state, task, `version.tasks.${id}`);
  if (task.children && forEachOf(task.definition) !== forEachOf(next)) throw itemsChanged(id);
}

function itemsChanged(id: string): Error {
  const reason = `task "${id}" has made its tasks already, so that its forEach can't change in this run; fork it instead`;
  return fault('items_changed', `version.tasks.${id}.forEach`, reason);
}

const forEachOf = ({ forEach }: TaskDefinition): string => canonicalJson(forEach ? asJson(forEach) : (null as Json));

/** Tasks that agents have added, and those of a forEach. */
function checkAdded(
  state: RunState,
  { definition, parent }: TaskState,
  next: ReadonlyMap<string, TaskDefinition>,
  { groups = {} }: WorkflowDefinition,
  own: ReadonlySet<string>,
): void {
  const { id, dependsOn = [], group } = definition;
  if (next.has(id)) {
    throw fault('duplicate_task', `version.tasks.${id}`, `an agent has added a task "${id}" to this run already`);
  }
  if (parent !== undefined) return;
  const lost = [...dependsOn, ...(group === undefined ? [] : [group])].find(
    (name) => !next.has(name) && !Object.hasOwn(groups, name) && (own.has(name) || !state.indexOf.has(name)),
  );
  if (lost === undefined) return;
  const reason = `task "${id}", which an agent has added to this run, needs "${lost}", which the new version does not have`;
  throw fault('task_lost', `version.tasks.${lost}`, reason);
}
