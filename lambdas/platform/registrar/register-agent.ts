import { DataError, issuesOf } from '../../contracts/errors.ts';
import { AgentRegistration } from '../../contracts/registry.ts';
import type { Registry, RegistryWriter } from '../../runtime/ports.ts';
import { requestDigest } from '../../workflow/run-identity.ts';

export interface AgentPorts {
  readonly registry: Pick<Registry, 'agents'>;
  readonly writer: Pick<RegistryWriter, 'registerAgent' | 'removeAgent'>;
}

/** @throws DataError `invalid_registration` */
export async function registerAgent(document: unknown, { writer }: AgentPorts): Promise<AgentRegistration> {
  const registration = parse(document);
  await writer.registerAgent(registration);
  return registration;
}

/**
 * Takes an agent out, if what is registered is still what this resource registered. When a resource is replaced,
 * CloudFormation makes the new one first and deletes the old one after: that must not take the new one's agent along.
 * (A resource that is only renamed, with nothing else of its agent changed, still would: deploy its removal first.)
 */
export async function removeAgent(name: string, document: unknown, { registry, writer }: AgentPorts): Promise<boolean> {
  const current = (await registry.agents()).find((agent) => agent.name === name);
  if (!current) return false;
  if (digestOf(parse(current)) !== digestOf(parse(document))) return false;
  await writer.removeAgent(name);
  return true;
}

function parse(document: unknown): AgentRegistration {
  const parsed = AgentRegistration.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new DataError('invalid_registration', `the agent's registration is wrong: ${issuesOf(parsed.error)}`);
}

function digestOf(registration: AgentRegistration): string {
  return requestDigest(JSON.parse(JSON.stringify(registration)));
}
