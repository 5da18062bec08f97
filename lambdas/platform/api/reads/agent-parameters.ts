import { API_SOURCE } from '../../../contracts/bus-events.ts';
import type { JsonObject } from '../../../contracts/json.ts';
import type { RegisteredAgent } from '../../../contracts/registry.ts';
import { checkAgainst, didYouMean } from '../../../workflow/definition.ts';
import { ApiError } from '../api-error.ts';
import type { Handler } from '../call.ts';
import { instant } from '../runs/answers.ts';
import { eventOf } from '../runs/tell.ts';
import { agentCalled } from './agents.ts';

type Settable = RegisteredAgent & { readonly parameters: NonNullable<RegisteredAgent['parameters']> };

export const getAgentParameters: Handler<'getAgentParameters'> = async ({ params }, ports) => ({
  status: 200,
  body: stateOf(settable(await agentCalled(params.agent, ports))),
});

/** Asks on the bus, as the command line does: the monitor writes it down, and agents are given it with their next tasks. */
export const setAgentParameters: Handler<'setAgentParameters'> = async ({ caller, params, body }, ports) => {
  const { values, version, reason } = body;
  const agent = settable(await agentCalled(params.agent, ports));
  if (values) checkValues(agent, values);
  const event = eventOf('agent_parameters_requested', {
    ...{ agent: agent.name, reason, requested_by: caller.principal.sub },
    ...(values && { values }),
    ...(version !== undefined && { version }),
  });
  await ports.bus.publish(API_SOURCE, [event]);
  return { status: 202, body: stateOf(agent) };
};

function settable(agent: RegisteredAgent): Settable {
  const { name, parameters } = agent;
  if (parameters) return { ...agent, parameters };
  throw new ApiError('conflict', `agent ${name} has no parameters: its manifest names none`, { code: 'no_parameters' });
}

/** @throws ApiError, or DataError with the field, when an agent could not be given them */
function checkValues({ name, parameters: { schema, defaults }, set }: Settable, values: JsonObject): void {
  const known = Object.keys(defaults).concat(namesOf(schema));
  const unknown = Object.keys(values).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    const reason = `agent ${name} has no parameter "${unknown}"${didYouMean(unknown, known)}`;
    const errors = [{ field: `body.values.${unknown}`, reason }];
    throw new ApiError('unprocessable', reason, { code: 'unknown_parameter', extras: { errors } });
  }
  const next = Object.entries({ ...set?.values, ...values }).filter(([, value]) => value !== null);
  checkAgainst(schema, Object.fromEntries(next), 'body.values', `the parameters of ${name}`);
}

function namesOf({ properties }: JsonObject): string[] {
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

function stateOf({ name, parameters: { schema, defaults }, set }: Settable) {
  const { version = 0, values = {} } = set ?? {};
  return {
    ...{ agent: name, version, values, defaults, schema },
    ...(set && { set_by: set.set_by, set_at: instant(set.at) }),
  };
}
