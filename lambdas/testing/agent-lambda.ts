import { isBounded } from '../contracts/budget.ts';
import { inputSchemaOf, registeredParameters } from '../contracts/registered-schemas.ts';
import type { AgentRegistration } from '../contracts/registry.ts';
import type { Agent } from '../runtime/agent.ts';
import type { AgentPorts } from '../runtime/agent-ports.ts';
import { agentWork } from '../runtime/agent-work.ts';
import type { Clock } from '../runtime/ports.ts';
import type { EventLoop } from './event-loop.ts';
import { type AbilityPorts, inProcessAbilities } from './in-process-abilities.ts';
import type { LambdaSpec } from './lambda-process.ts';
import { arnOf, inboxOf } from './queue-urls.ts';
import { agentSizing } from './topology.ts';

/** The IAM role id of a Lambda, as SQS names it: "AROA" and its name. */
export const roleIdOf = (name: string): string => `AROA${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`;
/** Who SQS says has sent a message. */
export const senderIdOf = (name: string): string => `${roleIdOf(name)}:${name}`;

type Ports = AgentPorts & AbilityPorts;

/** An agent's Lambda. @param ports all that is not the agent's own */
export function agentLambda(
  agent: Agent,
  ports: (clock: Clock) => Omit<Ports, 'inboxUrl'>,
  loop: Pick<EventLoop, 'soon'>,
): LambdaSpec<Ports> {
  const { name } = agent.manifest;
  const { express, standard } = inboxOf(name);
  const urls = new Map([express, standard].map((url) => [arnOf(url), url]));
  const inboxUrl = (arn: string): string | undefined => urls.get(arn);
  return {
    name,
    timeoutSeconds: agentSizing(agent.manifest).timeoutSeconds,
    ports: (clock) => ({ ...ports(clock), inboxUrl }),
    start: (own) => agentWork(agent, { ...own, abilities: inProcessAbilities(own, loop) }),
    redelivery: ({ visibility }) => ({ visibility, queueUrl: inboxUrl }),
  };
}

/** What an agent's stack registers of it, less the types of its inputs and outputs. */
export function registrationOf({ manifest }: Agent, system: string): AgentRegistration {
  const { name, version, description, roles, retry, effects, health, breaker, selection, budget, uses, confidential } =
    manifest;
  const { strategy, weight, cost, near } = selection;
  const { express, standard } = inboxOf(name);
  const { capacity } = agentSizing(manifest);
  const capabilities: AgentRegistration['capabilities'] = {};
  const parameters = registeredParameters(manifest);
  for (const [type, capability] of Object.entries(manifest.capabilities)) {
    const input_schema = inputSchemaOf(capability);
    const { description: what } = capability;
    capabilities[type] = {
      description: what,
      input_types: [],
      output_types: [],
      ...(input_schema && { input_schema }),
    };
  }
  return {
    ...{ name, version, description, system, retry, effects, health, breaker },
    capabilities,
    inbox: { express, standard },
    role_id: roleIdOf(name),
    ...(roles.length > 0 && { roles }),
    selection: { weight, cost, near, ...(strategy && { strategy }) },
    ...(capacity !== undefined && { capacity }),
    ...(confidential && { confidential }),
    ...(parameters && { parameters }),
    ...(isBounded(budget) && { budget }),
    ...(Object.keys(uses.memory).length > 0 && { memory: uses.memory }),
  };
}
