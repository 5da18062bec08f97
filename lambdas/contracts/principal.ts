import * as z from 'zod';
import { ALL_TENANTS } from './control.ts';
import { AgentName, EpochMs, TenantId } from './names.ts';

/** What somebody may be. What a role may do is in access.ts, and nowhere else. */
export const Role = z.enum(['viewer', 'operator', 'approver', 'admin', 'agent', 'orchestrator']);
export type Role = z.infer<typeof Role>;

/**
 * Who somebody is: printable ASCII without blanks, so that two names that look alike are alike. Agents are `agent:<name>`,
 * and nobody else begins so.
 */
export const Subject = z.string().regex(/^[\x21-\x7e]{1,128}$/, 'a subject is 1-128 printable ASCII characters');

/**
 * Whether two names may be one person's: providers differ on whether letters' case counts, and whoever could choose it would
 * be somebody else. For refusals only; nobody is let in by it.
 */
export const mayBeSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const common = {
  sub: Subject,
  tenant: z.union([TenantId, z.literal(ALL_TENANTS)]).describe('"*": of the platform itself, so of every tenant'),
  roles: z.array(Role).max(6).readonly(),
  tokenId: z.string().min(1).max(128).describe('The token that said so: it can be revoked by this'),
  issuedAt: EpochMs,
  expiresAt: EpochMs.describe('From then on nobody is meant by this'),
};

/** Who asks, as a verified token says. Made by lambdas/access alone. */
export const Principal = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('person') }),
  z.object({ ...common, kind: z.literal('service') }),
  z.object({ ...common, kind: z.literal('agent'), agent: AgentName }),
]);
export type Principal = z.infer<typeof Principal>;

export { subjectOfAgent } from './agent-tokens.ts';
