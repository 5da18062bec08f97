import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import * as z from 'zod';
import type { RingKey } from './key-ring.ts';

const Exported = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

/** A new ES256 key, named by its thumbprint (RFC 7638): two keys never have the same name. */
export async function freshKey(): Promise<Pick<RingKey, 'public' | 'private'>> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { d, ...key } = Exported.parse(await exportJWK(privateKey));
  const kid = await calculateJwkThumbprint(key);
  return { public: { ...key, kid, alg: 'ES256', use: 'sig' }, private: { d } };
}
