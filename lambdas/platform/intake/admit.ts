import type { BusEventDetail } from '../../contracts/bus-events.ts';
import { DataError } from '../../contracts/errors.ts';
import { Priority, type PriorityLevel } from '../../contracts/priority.ts';
import type { RegisteredAgent } from '../../contracts/registry.ts';
import type { WorkflowDefinition } from '../../contracts/workflow-definition.ts';
import type { ExpressionEvaluator } from '../../runtime/expressions-port.ts';
import type { Registry } from '../../runtime/ports.ts';
import {
  checkDefinition,
  checkExpressions,
  checkInput,
  checkTaskTypes,
  didYouMean,
} from '../../workflow/definition.ts';
import { checkScopes } from './check-scopes.ts';
import { checkSchemaCost } from './schema-cost.ts';

export interface AdmissionPorts {
  readonly registry: Registry;
  readonly expressions: Pick<ExpressionEvaluator, 'check'>;
}

type Request = BusEventDetail<'workflow_requested'>;

/**
 * The definition that a request will run, once nothing is found against it: it exists or is sound, the input fits its
 * schema, and for every task there is an agent that can do it.
 * @throws DataError naming the field; what the ports throw
 */
export async function admit(request: Request, ports: AdmissionPorts): Promise<WorkflowDefinition> {
  const definition =
    request.definition === undefined
      ? await registered(request, ports.registry)
      : await adHoc(request, request.definition, ports.expressions);
  checkInput(definition, request.input);
  checkAgents(definition, await ports.registry.agents());
  return definition;
}

/** The seed documents' names and levels of priority, as a level. */
export function priorityLevel(priority: NonNullable<Request['priority']>): PriorityLevel {
  if (typeof priority === 'number') return priority;
  return priority === 'medium' ? Priority.normal : Priority[priority];
}

async function registered({ workflow, version }: Request, registry: Registry): Promise<WorkflowDefinition> {
  const definition = await registry.definition(workflow, version);
  if (definition) return definition;
  const known = await registry.definitions();
  const latest = known.find(({ name }) => name === workflow);
  if (latest) {
    const reason = `workflow "${workflow}" has no version ${version}; its latest is ${latest.version}`;
    throw new DataError('unknown_version', reason, { field: 'version' });
  }
  const names = known.map(({ name }) => name);
  const hint = didYouMean(workflow, names) || (names.length > 0 ? `; there are ${names.slice(0, 10).join(', ')}` : '');
  throw new DataError('unknown_workflow', `no workflow is called "${workflow}"${hint}`, { field: 'workflow' });
}

async function adHoc(
  request: Request,
  document: unknown,
  expressions: AdmissionPorts['expressions'],
): Promise<WorkflowDefinition> {
  const definition = await insideDefinition(async () => {
    const checked = checkDefinition(document);
    checkScopes(checked);
    await checkExpressions(checked, (source) => expressions.check(source));
    return checked;
  });
  if (definition.name !== request.workflow) {
    const reason = `the request is for "${request.workflow}" but brings the definition of "${definition.name}"`;
    throw new DataError('definition_mismatch', reason, { field: 'definition.name' });
  }
  if (definition.input) checkSchemaCost(definition.input, request.input);
  return definition;
}

/** @throws DataError when a task is of a type that no agent can do, or wants an agent that can't */
export function checkAgents(definition: WorkflowDefinition, agents: readonly RegisteredAgent[]): void {
  const types = agents.flatMap((agent) => Object.keys(agent.capabilities));
  const byName = new Map(agents.map((agent) => [agent.name, agent]));
  try {
    checkTaskTypes(definition, types);
  } catch (error) {
    throw prefixed(error);
  }
  for (const [index, task] of definition.tasks.entries()) {
    for (const [place, work] of [['', task] as const, ['undo.', task.undo] as const]) {
      const { type, agent } = work ?? {};
      if (type === undefined || agent === undefined || canDo(byName.get(agent), type)) continue;
      const can = agents.filter((other) => canDo(other, type)).map(({ name }) => name);
      const reason = `task "${task.id}" wants agent "${agent}", which can't do "${type}"; ${can.join(', ')} can`;
      throw new DataError('unknown_agent', reason, { field: `definition.tasks.${index}.${place}agent` });
    }
  }
}

function canDo(agent: RegisteredAgent | undefined, type: string): boolean {
  return agent !== undefined && Object.hasOwn(agent.capabilities, type);
}

async function insideDefinition<T>(check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    throw prefixed(error);
  }
}

/** Faults of a definition point into the definition; in a request that lies under `definition`. */
function prefixed(error: unknown): unknown {
  if (!(error instanceof DataError)) return error;
  const inner = error.details?.field;
  const field = inner === undefined || inner === '' ? 'definition' : `definition.${String(inner)}`;
  return new DataError(error.code, error.message, { ...error.details, field });
}
