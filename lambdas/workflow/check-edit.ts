import type { RunEdit } from '../contracts/control.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import type { WorkflowDefinition } from '../contracts/workflow-definition.ts';
import { fault } from './check-fault.ts';
import { checkAgainst, checkInput } from './check-input.ts';
import { checkNewDefinition } from './check-new-definition.ts';
import { checkTaskEdit } from './check-task-edit.ts';
import { didYouMean } from './did-you-mean.ts';
import type { RunState } from './state.ts';

/**
 * Can this be changed of the run as it stands? Looks at all of it before anything changes.
 * @param definition of the version that the edit names
 * @throws DataError `empty_edit`, `unknown_task`, `task_over`, `task_at_work`, `unknown_agent`, `invalid_input`,
 * `unknown_version`, `unknown_parameter` and those of a definition, each with the field, such as `tasks.load.input.table`
 */
export function checkEdit(
  state: RunState,
  edit: RunEdit,
  definition: WorkflowDefinition | undefined,
  agents: readonly RegisteredAgent[],
): void {
  if (Object.keys(edit).length === 0) {
    throw fault('empty_edit', 'edit', 'say what to change: tasks, input, version or parameters');
  }
  if (edit.version !== undefined) checkNewDefinition(state, edit.version, definition);
  if (edit.input) checkInput(definition ?? state.definition, edit.input);
  for (const [id, change] of Object.entries(edit.tasks ?? {})) checkTaskEdit(state, id, change, definition, agents);
  for (const [agent, values] of Object.entries(edit.parameters ?? {})) checkParameters(agent, values, agents);
}

function checkParameters(
  name: string,
  values: NonNullable<RunEdit['parameters']>[string],
  agents: readonly RegisteredAgent[],
): void {
  const field = `parameters.${name}`;
  const agent = agents.find((known) => known.name === name);
  if (!agent) {
    const hint = didYouMean(
      name,
      agents.map((known) => known.name),
    );
    throw fault('unknown_agent', field, `there is no agent "${name}"${hint}`);
  }
  const { parameters } = agent;
  if (!parameters) throw fault('unknown_parameter', field, `agent "${name}" has no parameters that can be set`);
  // What is taken back stands for its default again.
  const set = Object.entries({ ...agent.set?.values, ...values }).filter(([, value]) => value !== null);
  checkAgainst(
    parameters.schema,
    { ...parameters.defaults, ...Object.fromEntries(set) },
    field,
    `the parameters of "${name}"`,
  );
}
