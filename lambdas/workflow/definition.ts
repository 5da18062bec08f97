import { issuesOf } from '../contracts/errors.ts';
import { hotSchema } from '../contracts/hot-schema.ts';
import { type TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';
import { checkAdmission } from './check-admission.ts';
import { checkBudget } from './check-budget.ts';
import { checkCollaboration } from './check-collaboration.ts';
import { fault } from './check-fault.ts';
import { checkGraph } from './check-graph.ts';
import { checkKinds } from './check-kinds.ts';
import { checkGroupNames, checkNames, type ExistingTasks, type Names } from './check-names.ts';
import { checkReferences } from './check-references.ts';
import { checkSize } from './check-size.ts';
import { didYouMean } from './did-you-mean.ts';

/*
 * Is this definition sound? Pure, linear in the size of the document, and iterative. Every fault is a DataError whose
 * `details.field` points into the document, such as "tasks.3.dependsOn.0". Each check has its own file and says what
 * it throws; what needs the world (registered agents, the expression language) is asked separately.
 */

export { checkExpressions, listDefinitionExpressions } from './check-expressions.ts';
export { checkAgainst, checkInput } from './check-input.ts';
export { MAX_TASKS } from './check-size.ts';
export { checkTaskTypes } from './check-task-types.ts';
export { didYouMean } from './did-you-mean.ts';

const Definition = hotSchema(WorkflowDefinition);
const NONE: ExistingTasks = { has: () => false, size: 0 };

/**
 * A definition as it comes from outside, checked and with its defaults filled in.
 * @throws DataError `invalid_definition`, `unknown_output`, `recursive_workflow`, and those of the checks it is made of
 */
export function checkDefinition(value: unknown): WorkflowDefinition {
  const parsed = Definition.safeParse(value);
  if (!parsed.success) {
    const first = parsed.error.issues[0];
    const unknownKey = first?.code === 'unrecognized_keys' ? first.keys.slice(0, 1) : [];
    const field = [...(first?.path ?? []), ...unknownKey].join('.');
    throw fault('invalid_definition', field, `the definition is malformed: ${issuesOf(parsed.error).slice(0, 1_000)}`);
  }
  const definition = parsed.data;
  const { tasks, groups = {}, output = [] } = definition;
  checkGroupNames(Object.keys(groups));
  const names = checkTasks(tasks, new Set(Object.keys(groups)), NONE);
  checkReferences(tasks, names, definition.input, definition.admission);
  checkAdmission(definition);
  checkBudget('the workflow', 'budget', definition.budget);
  for (const [index, id] of output.entries()) {
    if (names.tasks.has(id)) continue;
    const hint = didYouMean(id, names.tasks.keys());
    throw fault('unknown_output', `output.${index}`, `output names "${id}", which is no task${hint}`);
  }
  const itself = tasks.findIndex(({ workflow }) => workflow?.name === definition.name);
  if (itself >= 0) {
    const reason = `task "${tasks[itself]?.id}" runs the workflow that it is in: it would never end`;
    throw fault('recursive_workflow', `tasks.${itself}.workflow.name`, reason);
  }
  return definition;
}

/**
 * New tasks for a run that is under way (decomposition): ids must be new, dependencies may point at old and new ones.
 * @param existing the ids of the run's tasks, as a Set or a Map's keys
 * @param groups those of the run's definition, which new tasks may join
 * @throws DataError as {@link checkDefinition}
 */
export function checkAddedTasks(
  existing: ExistingTasks,
  groups: ReadonlySet<string>,
  tasks: readonly TaskDefinition[],
): void {
  checkReferences(tasks, checkTasks(tasks, groups, existing));
}

function checkTasks(tasks: readonly TaskDefinition[], groups: ReadonlySet<string>, existing: ExistingTasks): Names {
  checkSize(tasks, existing.size);
  const names = checkNames(tasks, groups, existing);
  checkKinds(tasks);
  checkGraph(tasks, names);
  checkCollaboration(tasks, names);
  return names;
}
