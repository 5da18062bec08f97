import { importJWK, SignJWT } from 'jose';
import { ALL_TENANTS } from '../contracts/control.ts';
import { DataError, issuesOf, SystemError } from '../contracts/errors.ts';
import { ACCESS_TOKEN_TYPE, type IdentitySettings } from '../contracts/identity-settings.ts';
import { Principal, type Role } from '../contracts/principal.ts';
import { type KeyRing, signingKey } from './key-ring.ts';
import { kindOf } from './kind-of.ts';

export interface TokenRequest {
  readonly sub: string;
  readonly tenant: string;
  readonly roles: readonly Role[];
  readonly seconds: number;
  /** Unique: by this it can be taken back. */
  readonly tokenId: string;
}

export interface IssuedToken {
  readonly token: string;
  readonly principal: Principal;
}

/**
 * A token of the embedded issuer, signed by the key whose time it is.
 * @param now ms; tokens count in whole seconds
 * @throws DataError `token_request_invalid` naming what is wrong; SystemError `keys_unavailable` when the ring is empty
 */
export async function issueToken(
  settings: IdentitySettings,
  ring: KeyRing,
  request: TokenRequest,
  now: number,
): Promise<IssuedToken> {
  const issued = Math.floor(now / 1_000);
  const expires = issued + request.seconds;
  const principal = principalOf(settings, request, issued, expires);
  const key = signingKey(ring, now);
  if (!key)
    throw new SystemError('keys_unavailable', 'there is no key to sign with yet: "muster token rotate" makes one');
  const { sub, tenant, roles, tokenId } = principal;
  const token = await new SignJWT({ tenant, roles: [...roles] })
    .setProtectedHeader({ alg: 'ES256', kid: key.public.kid, typ: ACCESS_TOKEN_TYPE })
    .setIssuer(settings.issuer)
    .setAudience([...settings.audience])
    .setSubject(sub)
    .setJti(tokenId)
    .setIssuedAt(issued)
    .setNotBefore(issued)
    .setExpirationTime(expires)
    .sign(await importJWK({ ...key.public, ...key.private }, 'ES256'));
  return { token, principal };
}

function principalOf(
  { maxTokenSeconds }: IdentitySettings,
  { sub, tenant, roles, seconds, tokenId }: TokenRequest,
  issued: number,
  expires: number,
): Principal {
  const common = { sub, tenant, roles, tokenId, issuedAt: issued * 1_000, expiresAt: expires * 1_000 };
  const parsed = Principal.safeParse({ ...common, ...kindOf(sub) });
  const problems = parsed.success ? [] : [issuesOf(parsed.error)];
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > maxTokenSeconds)
    problems.push(`a token lasts 1 to ${maxTokenSeconds} seconds here`);
  if (roles.length === 0) problems.push('a token without a role is good for nothing');
  const agent = sub.startsWith('agent:');
  if (agent && roles.some((role) => role !== 'agent' && role !== 'orchestrator'))
    problems.push('an agent can be "agent" and "orchestrator", nothing else');
  if (!agent && roles.includes('agent')) problems.push('the role "agent" is for agents: --as agent:NAME');
  if (agent && tenant === ALL_TENANTS) problems.push('an agent speaks for one tenant at a time');
  if (!parsed.success || problems.length > 0) throw new DataError('token_request_invalid', problems.join('; '));
  return parsed.data;
}
