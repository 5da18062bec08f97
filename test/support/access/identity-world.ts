import { CompactSign, type CryptoKey, importJWK } from 'jose';
import { cachedKeys } from '../../../lambdas/access/cached-keys.ts';
import { createDoor } from '../../../lambdas/access/door.ts';
import { issueToken, type TokenRequest } from '../../../lambdas/access/issue-token.ts';
import { keySetOf, signingKey } from '../../../lambdas/access/key-ring.ts';
import type { AgentKeys } from '../../../lambdas/access/ports.ts';
import { rotateKeys } from '../../../lambdas/access/rotate-keys.ts';
import { createVerifier } from '../../../lambdas/access/verify-token.ts';
import { memoryRevocations } from '../../../lambdas/adapters/memory/memory-revocations.ts';
import { memorySecurityLog } from '../../../lambdas/adapters/memory/memory-security-log.ts';
import { memoryTokenKeys } from '../../../lambdas/adapters/memory/memory-token-keys.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { IdentitySettings } from '../../../lambdas/contracts/identity-settings.ts';

export const NOW = Date.UTC(2026, 5, 1, 12);
export const seconds = (ms: number): number => Math.floor(ms / 1_000);
export const POLICY = { rotateDays: 30, maxTokenSeconds: 12 * 3_600 };

export const SETTINGS = IdentitySettings.parse({
  mode: 'embedded',
  issuer: 'urn:muster:test',
  audience: ['urn:muster:test:api'],
  algorithms: ['ES256'],
});

/** Claims and header of a token that would be let in. */
export const HONEST = {
  claims: {
    iss: SETTINGS.issuer,
    aud: SETTINGS.audience[0],
    sub: 'ann',
    tenant: 'acme',
    roles: ['operator'],
    jti: 'token-1',
    iat: seconds(NOW),
    nbf: seconds(NOW),
    exp: seconds(NOW) + 3_600,
  },
  header: { alg: 'ES256', typ: 'at+jwt' },
};

export async function signed(
  claims: object | string,
  header: Readonly<Record<string, unknown>> & { readonly alg: string },
  key: CryptoKey | Uint8Array,
): Promise<string> {
  const text = typeof claims === 'string' ? claims : JSON.stringify(claims);
  return new CompactSign(new TextEncoder().encode(text)).setProtectedHeader(header).sign(key);
}

/** A deployment's identity in one process: issuer, published keys, checks, and what the door has noted. */
export async function identityWorld(settings: IdentitySettings = SETTINGS, agentKeys?: AgentKeys) {
  const clock = virtualClock(NOW);
  const { signingKeys, publication } = memoryTokenKeys();
  const ports = { clock, signingKeys, publication };
  const { ring } = await rotateKeys(ports, POLICY);
  const first = signingKey(ring, NOW);
  if (!first) throw new Error('the first key signs at once');
  const loads: number[] = [];
  const keys = cachedKeys({
    load: async () => {
      loads.push(clock.now());
      return keySetOf((await publication.read()) ?? { version: 0, keys: [] }, clock.now());
    },
    clock,
    algorithms: settings.algorithms,
  });
  const revocations = memoryRevocations();
  const verify = createVerifier({ settings, clock, keys, revocations, ...(agentKeys && { agentKeys }) });
  const log = memorySecurityLog();
  const privateKey = await importJWK({ ...first.public, ...first.private }, 'ES256');
  if (privateKey instanceof Uint8Array) throw new Error('an EC key is no bytes');
  const { kid } = first.public;
  return {
    ...{ clock, settings, signingKeys, publication, keys, loads, revocations, verify, log, kid, privateKey },
    first: first.public,
    door: createDoor({ verify, log, clock }),
    rotate: (atOnce = false, policy = POLICY) => rotateKeys(ports, policy, atOnce),
    /** A token as the issuer makes it. */
    issue: async (request: Partial<TokenRequest> = {}) => {
      const current = await signingKeys.read();
      if (!current) throw new Error('there is no ring');
      const whole = { sub: 'ann', tenant: 'acme', roles: ['operator'] as const, seconds: 3_600, tokenId: 'token-1' };
      return issueToken(settings, current, { ...whole, ...request }, clock.now());
    },
    /** A token that says anything, signed with the issuer's own key. */
    said: (claims: object = {}, header: object = {}) =>
      signed({ ...HONEST.claims, ...claims }, { ...HONEST.header, kid, ...header }, privateKey),
  };
}
export type IdentityWorld = Awaited<ReturnType<typeof identityWorld>>;
