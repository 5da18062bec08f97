import { randomInt, randomUUID } from 'node:crypto';
import { type CryptoKey, generateKeyPair, importJWK, SignJWT } from 'jose';
import { cachedKeys } from '../../lambdas/access/cached-keys.ts';
import { freshKey } from '../../lambdas/access/fresh-key.ts';
import { issueToken } from '../../lambdas/access/issue-token.ts';
import { keySetOf, published, withNewKey } from '../../lambdas/access/key-ring.ts';
import { createVerifier } from '../../lambdas/access/verify-token.ts';
import { memoryRevocations } from '../../lambdas/adapters/memory/memory-revocations.ts';
import { systemClock } from '../../lambdas/adapters/system.ts';
import { IdentitySettings } from '../../lambdas/contracts/identity-settings.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const POLICY = { rotateDays: 30, maxTokenSeconds: 3_600 };
const settings = IdentitySettings.parse({
  mode: 'embedded',
  issuer: 'urn:muster:bench',
  audience: ['urn:muster:bench:api'],
  algorithms: ['ES256'],
});

export interface Forgeries {
  readonly forged: number;
  readonly accepted: number;
  /** Refused by what: the faults of the verifier. */
  readonly faults: Readonly<Record<string, number>>;
  /** Of good tokens, one after the other. */
  readonly verify_microseconds: number;
}

/** Forges tokens from good ones: changed characters, exchanged parts, other algorithms, other keys; each must be refused. */
export async function forgeTokens(count: number, progress: (line: string) => void): Promise<Forgeries> {
  const now = systemClock.now();
  const ring = withNewKey(undefined, await freshKey(), POLICY, now);
  const shown = published(ring, undefined, POLICY, now);
  const keys = cachedKeys({ load: async () => keySetOf(shown, now), clock: systemClock, algorithms: ['ES256'] });
  const verify = createVerifier({ settings, clock: systemClock, keys, revocations: memoryRevocations() });
  const issue = async (sub: string, role: 'viewer' | 'admin', tenant: string): Promise<string> => {
    const request = { sub, tenant, roles: [role], seconds: 3_600, tokenId: randomUUID() };
    return (await issueToken(settings, ring, request, now)).token;
  };
  const good = [await issue('ann', 'viewer', 'acme'), await issue('kim', 'admin', '*')];
  const others = await otherKeys();
  const kid = ring.keys[0]?.public.kid ?? '';
  const faults: Record<string, number> = {};
  let accepted = 0;
  for (let made = 0; made < count; made += 1) {
    const token = made % 10 === 9 ? await signedByAnother(others, kid) : changed(good, made);
    const verified = await verify(token);
    if (verified.ok) accepted += 1;
    else faults[verified.fault] = (faults[verified.fault] ?? 0) + 1;
    if (made % 20_000 === 19_999) progress(`${made + 1} forged, ${accepted} accepted`);
  }
  const begin = performance.now();
  for (let time = 0; time < 2_000; time += 1) {
    if (!(await verify(good[0] ?? '')).ok) throw new Error('a good token was refused');
  }
  const verify_microseconds = Math.round((performance.now() - begin) / 2);
  return { forged: count, accepted, faults, verify_microseconds };
}

/** One change, never the last character alone: it holds bits that are no part of the signature. */
function changed(good: readonly string[], way: number): string {
  const token = good[way % 2] ?? '';
  const [head = '', body = '', signature = ''] = token.split('.');
  const [, otherBody = ''] = (good[(way + 1) % 2] ?? '').split('.');
  const at = randomInt(token.length - 1);
  const letter = ALPHABET[randomInt(64)] ?? 'A';
  switch (way % 6) {
    case 0:
      return token.slice(0, at) + (token[at] === letter ? '.' : letter) + token.slice(at + 1);
    case 1:
      return token.slice(0, at) + token.slice(at + 1);
    case 2:
      return token.slice(0, at) + letter + token.slice(at);
    case 3:
      return `${head}.${otherBody}.${signature}`;
    case 4: {
      const none = ['none', 'HS256', 'RS256', 'ES384', 'EdDSA'][randomInt(5)];
      const header = JSON.parse(Buffer.from(head, 'base64url').toString());
      return `${part({ ...header, alg: none })}.${body}.${way % 4 === 0 ? '' : signature}`;
    }
    default: {
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
      const wish = [{ roles: ['admin'] }, { tenant: 'globex' }, { exp: claims.exp + 1 }, { sub: 'root' }][randomInt(4)];
      return `${head}.${part({ ...claims, ...wish, jti: `${way}` })}.${signature}`;
    }
  }
}

type Other = readonly [algorithm: string, key: CryptoKey | Uint8Array];

async function otherKeys(): Promise<Other[]> {
  const algorithms = ['ES256', 'EdDSA', 'ES384'];
  const pairs = await Promise.all(algorithms.map((algorithm) => generateKeyPair(algorithm)));
  const secret = await importJWK({ kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA' }, 'HS256');
  return [...pairs.map(({ privateKey }, index): Other => [algorithms[index] ?? '', privateKey]), ['HS256', secret]];
}

async function signedByAnother(others: readonly Other[], kid: string): Promise<string> {
  const [alg, key] = others[randomInt(others.length)] ?? others[0] ?? ['', new Uint8Array()];
  return new SignJWT({ tenant: '*', roles: ['admin'] })
    .setProtectedHeader({ alg, typ: 'at+jwt', kid: randomInt(2) === 0 ? kid : `${randomInt(1_000_000)}` })
    .setIssuer(settings.issuer)
    .setAudience([...settings.audience])
    .setSubject('root')
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(key);
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
