import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { subjectOfAgent } from '../contracts/agent-tokens.ts';
import { ALL_TENANTS } from '../contracts/control.ts';
import { issuesOf } from '../contracts/errors.ts';
import type { ClaimPath, IdentitySettings } from '../contracts/identity-settings.ts';
import { Principal, Role } from '../contracts/principal.ts';
import { kindOf } from './kind-of.ts';
import type { AgentKey } from './ports.ts';
import { TokenRefused } from './token-faults.ts';

/** What a claim says; only own members count, so that no claim is called `constructor`. */
export function claimAt(payload: JWTPayload, path: ClaimPath): unknown {
  let value: unknown = payload;
  for (const name of typeof path === 'string' ? [path] : path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Object.getOwnPropertyDescriptor(value, name)?.value;
  }
  return value;
}

/** Somebody whom the issuer vouches for. @throws TokenRefused `claims_refused` */
export function principalOf(settings: IdentitySettings, token: string, payload: JWTPayload): Principal {
  const kind = kindOf(payload.sub ?? '');
  if (settings.mode === 'oidc' && kind.kind === 'agent')
    throw new TokenRefused('claims_refused', 'no issuer but an agent itself speaks for an agent');
  const tenant = claimAt(payload, settings.claims.tenant);
  if (tenant === ALL_TENANTS && !settings.platformTokens)
    throw new TokenRefused('claims_refused', 'tokens of the tenant "*" are not taken from this issuer');
  const roles = rolesOf(settings, claimAt(payload, settings.claims.roles));
  const may = kind.kind === 'agent' ? isOfAgents : (role: Role) => role !== 'agent';
  return checked(settings.maxTokenSeconds, token, payload, { ...kind, tenant, roles: roles.filter(may) });
}

/** An agent that vouches for itself, by a key that its role alone can have published. What it may be is not in its token. */
export function agentOf(
  agent: string,
  { orchestrates }: AgentKey,
  token: string,
  payload: JWTPayload,
  most: number,
): Principal {
  if (payload.sub !== subjectOfAgent(agent))
    throw new TokenRefused('claims_refused', `agent "${agent}" can't speak for "${payload.sub}"`);
  if (payload.tenant === ALL_TENANTS)
    throw new TokenRefused('claims_refused', 'an agent speaks for one tenant at a time');
  const roles: Role[] = orchestrates ? ['agent', 'orchestrator'] : ['agent'];
  return checked(most, token, payload, { kind: 'agent', agent, tenant: payload.tenant, roles });
}

const isOfAgents = (role: Role): boolean => role === 'agent' || role === 'orchestrator';

/** Roles by what the issuer calls them, in a list or in a text with blanks between; what is no role counts for nothing. */
function rolesOf({ roles: names }: IdentitySettings, claim: unknown): Role[] {
  const said = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim.slice(0, 200) : [];
  const roles = said
    .filter((name) => typeof name === 'string')
    .map((name) => (names === undefined ? name : Object.hasOwn(names, name) ? names[name] : undefined))
    .flatMap((name) => Role.safeParse(name).data ?? []);
  return [...new Set(roles)];
}

function checked(maxSeconds: number, token: string, payload: JWTPayload, who: object): Principal {
  const { sub, iat = 0, exp = 0, jti } = payload;
  const principal = Principal.safeParse({
    ...who,
    sub,
    tokenId: typeof jti === 'string' && jti !== '' ? jti : idOf(token),
    issuedAt: Math.floor(iat * 1_000),
    expiresAt: Math.floor(Math.min(exp, iat + maxSeconds) * 1_000),
  });
  if (principal.success) return principal.data;
  throw new TokenRefused('claims_refused', issuesOf(principal.error));
}

/** Of a token that has none: by what is signed of it, since a signature may be written in several ways. */
function idOf(token: string): string {
  const signed = token.slice(0, token.lastIndexOf('.'));
  return `sha256:${createHash('sha256').update(signed).digest('base64url')}`;
}
