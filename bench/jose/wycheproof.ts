import { compactDecrypt, compactVerify, decodeProtectedHeader, errors, importJWK, type JWK } from 'jose';
import * as z from 'zod';
import { type KeySet, readKeySet } from '../../lambdas/access/key-set.ts';
import type { Outcome } from './tally.ts';

/*
 * The vectors of https://github.com/C2SP/wycheproof for JOSE. Keys go through the same reading as an issuer's, and the
 * algorithm is the key's, never the token's. All algorithms with public keys are let through here, to see more of it.
 */
const ASYMMETRIC = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA'];

const Key = z.record(z.string(), z.unknown());
const Keys = z.union([z.object({ keys: z.array(Key) }), Key.transform((key) => ({ keys: [key] }))]);
const test = { tcId: z.number(), comment: z.string().default(''), result: z.enum(['valid', 'invalid', 'acceptable']) };
const vectors = <T extends z.ZodType>(tests: T) =>
  z.object({
    testGroups: z.array(z.object({ public: Keys.optional(), private: Keys, tests: z.array(tests) })),
  });
const Signatures = vectors(z.object({ ...test, jws: z.unknown() }));
const Encryption = vectors(z.object({ ...test, jwe: z.unknown(), pt: z.string().optional() }));

export async function signatureVectors(document: unknown): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const group of Signatures.parse(document).testGroups) {
    const given = group.public ?? group.private;
    const keys = { keys: given.keys.map((key) => ({ kid: 'the one', ...key })) };
    const set = await readKeySet(keys, ASYMMETRIC).catch(() => undefined);
    for (const { tcId: id, comment, result, jws } of group.tests) {
      const notTaken = typeof jws !== 'string' || keys.keys.some((key) => isOfAnotherKind(key, jws));
      const accepted = typeof jws === 'string' && set !== undefined && (await isSigned(jws, set));
      outcomes.push({ id, comment, valid: result !== 'invalid', accepted, notTaken });
    }
  }
  return outcomes;
}

/** Secrets instead of keys, and tokens of another algorithm than their key says it is for. */
function isOfAnotherKind(key: Readonly<Record<string, unknown>>, jws: string): boolean {
  if (key.kty === 'oct') return true;
  try {
    return key.alg !== undefined && key.alg !== decodeProtectedHeader(jws).alg;
  } catch {
    return false;
  }
}

async function isSigned(jws: string, set: KeySet): Promise<boolean> {
  try {
    const { kid = 'the one', alg = '' } = decodeProtectedHeader(jws);
    const key = set.find(kid, alg);
    if (!key) return false;
    await compactVerify(jws, key, { algorithms: [alg] });
    return true;
  } catch {
    return false;
  }
}

/** The library alone: tokens of Muster are never encrypted, and its messages are so in one way (docs/guides/messages.md). */
export async function encryptionVectors(document: unknown): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const group of Encryption.parse(document).testGroups) {
    const key = group.private.keys[0] ?? {};
    for (const { tcId: id, comment, result, jwe } of group.tests) {
      const opened = typeof jwe === 'string' ? await isOpened(jwe, key) : 'not taken';
      const accepted = opened === 'opened';
      outcomes.push({ id, comment, valid: result !== 'invalid', accepted, notTaken: opened === 'not taken' });
    }
  }
  return outcomes;
}

/** Algorithms for contents: a key for one of these is used as it is. */
const CONTENT = /^A\d+(GCM|CBC-HS\d+)$/;

async function isOpened(jwe: string, jwk: JWK): Promise<'opened' | 'refused' | 'not taken'> {
  const { alg } = jwk;
  if (alg === undefined || jwk.use === 'sig') return 'refused';
  const algorithms = CONTENT.test(alg)
    ? { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: [alg] }
    : { keyManagementAlgorithms: [alg] };
  try {
    await compactDecrypt(jwe, await importJWK(jwk, alg), algorithms);
    return 'opened';
  } catch (error) {
    return error instanceof errors.JOSENotSupported ? 'not taken' : 'refused';
  }
}
