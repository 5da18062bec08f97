import type { BusEventDetail } from '../../contracts/bus-events.ts';
import { DataError } from '../../contracts/errors.ts';
import type { WorkflowDefinition } from '../../contracts/workflow-definition.ts';
import type { ExpressionEvaluator } from '../../runtime/expressions-port.ts';
import type { Registry } from '../../runtime/ports.ts';
import { checkAgents, inRequest } from '../../workflow/check-agents.ts';
import { checkDefinition, checkExpressions, checkInput, didYouMean } from '../../workflow/definition.ts';
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

async function insideDefinition<T>(check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    throw inRequest(error);
  }
}
