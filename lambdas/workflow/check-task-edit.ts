import type { TaskEdit } from '../contracts/control.ts';
import { DataError } from '../contracts/errors.ts';
import type { Json } from '../contracts/json.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import { kindOf, type TaskDefinition, type WorkflowDefinition } from '../contracts/workflow-definition.ts';
import { fault } from './check-fault.ts';
import { checkAgainst } from './check-input.ts';
import { checkKinds } from './check-kinds.ts';
import { checkReferences } from './check-references.ts';
import { didYouMean } from './did-you-mean.ts';
import { withEdit } from './evolve-edit.ts';
import { isKept } from './evolve-reopen.ts';
import { hasExpressions } from './expressions.ts';
import { rangeOf } from './graph.ts';
import { hasEnded, isOver, type RunState, type TaskState, taskAt } from './state.ts';

/** Can this be changed of that task? @throws DataError with a field such as `tasks.load.agent` */
export function checkTaskEdit(
  state: RunState,
  id: string,
  edit: TaskEdit,
  definition: WorkflowDefinition | undefined,
  agents: readonly RegisteredAgent[],
): void {
  const field = `tasks.${id}`;
  const index = state.indexOf.get(id);
  const task = index === undefined ? undefined : state.tasks[index];
  const next = definition?.tasks.find((known) => known.id === id) ?? task?.definition;
  if (!next || (task?.removed && next === task.definition)) {
    throw fault('unknown_task', field, `the run has no task "${id}"${didYouMean(id, state.indexOf.keys())}`);
  }
  if (task) checkFree(state, task, field);
  const changed = withEdit(next, edit);
  checkSense(state, task, changed, field);
  if (edit.agent !== undefined) checkAgent(changed, edit.agent, agents, `${field}.agent`);
  if (edit.input !== undefined || edit.agent !== undefined) checkWorkInput(changed, agents, field);
}

/** What is over stays as it is, and what somebody works on can't be changed behind their back. */
export function checkFree(state: RunState, task: TaskState, field: string): void {
  const { id } = task.definition;
  if (isDone(state, task)) {
    throw fault(
      'task_over',
      field,
      `task "${id}" is over (${task.status}) and is kept; only what is not done can change`,
    );
  }
  const atWork = [task, ...theirsOf(state, task)].find(isAtWork);
  if (!atWork) return;
  const who = atWork.agent ?? 'its sub-workflow';
  const reason = `${who} is at work on task "${atWork.definition.id}"; pause the run and wait until it has answered`;
  throw fault('task_at_work', field, reason);
}

/** A run that has ended begins again with everything that was not done. */
export function isDone(state: RunState, task: TaskState): boolean {
  if (task.removed) return false;
  return hasEnded(state) ? isKept(state, task) : isOver(task);
}

export function isAtWork({ status, on }: TaskState): boolean {
  return status === 'dispatched' || (status === 'suspended' && on?.for === 'run');
}

/** Of a forEach, and what it has delegated. */
function theirsOf(state: RunState, { children, own = [] }: TaskState): TaskState[] {
  const theirs = [...(children ? rangeOf(children) : []), ...own].map((index) => taskAt(state, index));
  return theirs.flatMap((task) => [task, ...theirsOf(state, task)]);
}

/** As for any definition: the fields fit the task's kind, and its expressions read what it depends on. */
function checkSense(state: RunState, task: TaskState | undefined, changed: TaskDefinition, field: string): void {
  const parent = task?.parent === undefined ? undefined : taskAt(state, task.parent).definition;
  const { dependsOn } = parent ?? changed;
  const whole = { ...changed, ...(dependsOn && { dependsOn }) };
  const names = { tasks: new Map(), groups: new Set(Object.keys(state.groups)), existing: state.indexOf };
  try {
    checkKinds([whole]);
    checkReferences([whole], names, state.definition.input);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const inside = String(error.details?.field ?? '').replace(/^tasks\.0/, '');
    throw fault(error.code, `${field}${inside}`, error.message);
  }
}

function checkAgent(changed: TaskDefinition, name: string, agents: readonly RegisteredAgent[], field: string): void {
  const agent = agents.find((known) => known.name === name);
  if (!agent) {
    const hint = didYouMean(
      name,
      agents.map((known) => known.name),
    );
    throw fault('unknown_agent', field, `there is no agent "${name}"${hint}`);
  }
  if (changed.type !== undefined && Object.hasOwn(agent.capabilities, changed.type)) return;
  throw fault('unknown_agent', field, `agent "${name}" does not have the capability "${changed.type}"`);
}

/** Input that is written out is held against what the agents say they take; what holds expressions shows later. */
function checkWorkInput(changed: TaskDefinition, agents: readonly RegisteredAgent[], field: string): void {
  const { input = {}, type, agent: only } = changed;
  if (hasExpressions(input)) return;
  if (kindOf(changed) === 'workflow') {
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return;
    throw fault('invalid_input', `${field}.input`, 'the input of a sub-workflow is an object');
  }
  if (type === undefined) return;
  const faults = agents
    .filter(({ name, capabilities }) => Object.hasOwn(capabilities, type) && (only ?? name) === name)
    .map((agent) => schemaFault(agent, type, input, field));
  // Who takes it may be chosen.
  if (faults.length > 0 && faults.every((found) => found !== undefined)) throw faults[0];
}

function schemaFault(agent: RegisteredAgent, type: string, input: Json, field: string): DataError | undefined {
  const schema = agent.capabilities[type]?.input_schema;
  if (!schema) return undefined;
  try {
    checkAgainst(schema, input, `${field}.input`, `what "${agent.name}" takes for "${type}"`);
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  return undefined;
}
