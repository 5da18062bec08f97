import * as z from 'zod';
import { DataError } from '../../contracts/errors.ts';
import type { AgentRegistration } from '../../contracts/registry.ts';

/** Knows the IAM role behind a sender's name; undefined when the deployment does not say. */
export type RoleOf = (sender: string) => string | undefined;

/** Senders by role, and agents by what SQS says of a sender. */
export interface WhoIsWho {
  readonly roleOf: RoleOf;
  /** The agent whose role has sent a message; undefined when it was none, or when SQS does not say. */
  readonly agentBehind: (senderId: string) => string | undefined;
}

export function whoIsWho(
  agents: readonly Pick<AgentRegistration, 'name' | 'role_id'>[],
  platformRoles: Readonly<Record<string, string>>,
): WhoIsWho {
  const roles = new Map(agents.map((agent) => [agent.name, agent.role_id]));
  const names = new Map(agents.map((agent) => [agent.role_id, agent.name]));
  return {
    roleOf: (sender) => platformRoles[sender] ?? roles.get(sender),
    agentBehind: (senderId) => names.get(ASSUMED_ROLE.exec(senderId)?.[1]),
  };
}

/** An assumed role as SQS names it: the role's unique id and the session. */
const ASSUMED_ROLE = /^(AROA[A-Z0-9]+):/;

/**
 * Holds the name in a message's header against the IAM identity that SQS saw (rule 11). Where SQS names no role, as on
 * the local cloud, there is nothing to hold it against.
 * @throws DataError `identity_mismatch`
 */
export function checkIdentity(sender: string, senderId: string, roleOf: RoleOf): void {
  const role = ASSUMED_ROLE.exec(senderId)?.[1];
  const expected = roleOf(sender);
  if (role === undefined || expected === undefined || role === expected) return;
  throw new DataError(
    'identity_mismatch',
    `a message in the name of ${sender} was sent by role ${role}, which is not its own`,
  );
}

/** Role ids by sender, from the environment; none where the stack says nothing. @throws z.ZodError when it is malformed */
export function readRoles(json: string | undefined): Readonly<Record<string, string>> {
  return z.record(z.string(), z.string()).parse(JSON.parse(json || '{}'));
}
