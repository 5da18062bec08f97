import { type CryptoKey, importJWK } from 'jose';
import * as z from 'zod';
import { hasRocaFingerprint } from './roca.ts';

const Jwk = z.looseObject({
  kty: z.string(),
  kid: z.string().max(512).optional(),
  alg: z.string().max(32).optional(),
  use: z.string().max(32).optional(),
  key_ops: z.array(z.string().max(32)).max(16).optional(),
  crv: z.string().max(32).optional(),
  x: z.string().max(128).optional(),
  y: z.string().max(128).optional(),
  n: z.string().max(4_096).optional(),
  e: z.string().max(64).optional(),
});
type Jwk = z.infer<typeof Jwk>;

const JwkSet = z.looseObject({ keys: z.array(z.unknown()).max(100) });

/** Members that only a secret has (RFC 7518, 6.2.2, 6.3.2 and 6.4.1). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** The public keys of an issuer by name and algorithm. */
export interface KeySet {
  find(kid: string, algorithm: string): CryptoKey | undefined;
  readonly size: number;
}

/** A document of keys that nothing can be believed of. */
export class KeySetError extends Error {
  override readonly name = 'KeySetError';
}

/**
 * Reads a JWK set as strictly as strangers' keys have to be: each key is for one algorithm, whatever a token says; what is
 * for another use, too weak, malformed or shares its name with another is left out.
 * @throws KeySetError when it is no JWK set, or holds a secret: then it is not what its issuer meant to publish
 */
export async function readKeySet(document: unknown, algorithms: readonly string[]): Promise<KeySet> {
  const set = JwkSet.safeParse(document);
  if (!set.success) throw new KeySetError('is not a JWK set of at most 100 keys');
  const keys = set.data.keys.map((key) => Jwk.safeParse(key)).flatMap(({ data }) => data ?? []);
  if (keys.some((key) => key.kty === 'oct' || SECRET_MEMBERS.some((member) => member in key)))
    throw new KeySetError('holds a secret key, so it was not made to be public');
  const times = new Map<string, number>();
  for (const { kid } of keys) if (kid !== undefined) times.set(kid, (times.get(kid) ?? 0) + 1);
  const found = new Map<string, { readonly algorithm: string; readonly key: CryptoKey }>();
  for (const jwk of keys) {
    if (jwk.kid === undefined || times.get(jwk.kid) !== 1) continue;
    const algorithm = algorithmOf(jwk);
    if (algorithm === undefined || !algorithms.includes(algorithm) || !isForSignatures(jwk)) continue;
    const key = await imported(jwk, algorithm);
    if (key) found.set(jwk.kid, { algorithm, key });
  }
  return {
    size: found.size,
    find: (kid, algorithm) => {
      const known = found.get(kid);
      return known?.algorithm === algorithm ? known.key : undefined;
    },
  };
}

const CURVES: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };

/** The one algorithm that a key is for: what it says, if that fits what it is. */
function algorithmOf({ kty, crv = '', alg }: Jwk): string | undefined {
  if (kty === 'RSA') return alg === undefined || /^(RS|PS)(256|384|512)$/.test(alg) ? (alg ?? 'RS256') : undefined;
  const natural = kty === 'EC' ? CURVES[crv] : kty === 'OKP' && crv === 'Ed25519' ? 'EdDSA' : undefined;
  return alg === undefined || alg === natural ? natural : undefined;
}

const isForSignatures = ({ use, key_ops: ops }: Jwk): boolean =>
  (use === undefined || use === 'sig') && (ops === undefined || ops.includes('verify'));

async function imported(jwk: Jwk, algorithm: string): Promise<CryptoKey | undefined> {
  if (jwk.kty === 'RSA' && isWeak(jwk)) return undefined;
  try {
    // Without what it says of itself: that was judged above.
    const key = await importJWK(partsOf(jwk), algorithm);
    return key instanceof Uint8Array ? undefined : key;
  } catch {
    return undefined;
  }
}

function partsOf({ kty, crv, x, y, n, e }: Jwk) {
  if (kty === 'RSA') return { kty, n: n ?? '', e: e ?? '' };
  if (kty === 'OKP') return { kty, crv: crv ?? '', x: x ?? '' };
  return { kty, crv: crv ?? '', x: x ?? '', y: y ?? '' };
}

/** Less than 2048 bits, an exponent that signs nothing, or a modulus that is known to be factored (ROCA). */
function isWeak({ n = '', e = '' }: Jwk): boolean {
  const modulus = integer(n);
  const exponent = integer(e);
  return modulus < 1n << 2_047n || exponent < 3n || exponent % 2n === 0n || hasRocaFingerprint(modulus);
}

const integer = (base64url: string): bigint =>
  BigInt(`0x${Buffer.from(base64url, 'base64url').toString('hex') || '0'}`);
