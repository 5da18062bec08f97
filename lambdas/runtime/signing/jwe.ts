import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Jwe } from '../../contracts/signature.ts';
import { decoded, encoded } from './base64url.ts';

const CIPHER = 'aes-256-gcm';
const TAG_BYTES = 16;
const IV_BYTES = 12;

/** No `zip`, no `crit`, no other algorithm: what is not this is refused. */
const Protected = z.strictObject({
  alg: z.literal('dir'),
  enc: z.literal('A256GCM'),
  typ: z.literal('muster-message+jwe'),
  wrapped: z.string().min(1).max(1_024).describe('The key, as the key service has wrapped it'),
});

/** What must be the same on both sides, though it is not part of the JWE. */
export interface BoundTo {
  readonly tenant: string;
  readonly receiver: string;
  readonly messageId: string;
}

/** A key for one tenant and one receiver, with the form in which it may travel. */
export interface DataKey {
  readonly plain: Uint8Array;
  readonly wrapped: string;
}

/** @param key is used with random IVs, so for no more than 2^32 bodies; see data-keys.ts */
export function encrypt(plain: Uint8Array, bound: BoundTo, { plain: key, wrapped }: DataKey): Jwe {
  const header = encoded(JSON.stringify({ alg: 'dir', enc: 'A256GCM', typ: 'muster-message+jwe', wrapped }));
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated(header, bound));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return { protected: header, iv: encoded(iv), ciphertext: encoded(ciphertext), tag: encoded(cipher.getAuthTag()) };
}

/** The wrapped key of a JWE that is sound in its form; undefined for any other. */
export function wrappedKeyOf(jwe: Jwe): string | undefined {
  const bytes = decoded(jwe.protected);
  try {
    return bytes && Protected.safeParse(JSON.parse(bytes.toString('utf8'))).data?.wrapped;
  } catch {
    return undefined;
  }
}

/** Undefined when it was made with another key, for anybody else, or was changed. */
export function decrypt(jwe: Jwe, bound: BoundTo, key: Uint8Array): Buffer | undefined {
  const [iv, ciphertext, tag] = [decoded(jwe.iv), decoded(jwe.ciphertext), decoded(jwe.tag)];
  if (iv?.length !== IV_BYTES || !ciphertext || tag?.length !== TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(associated(jwe.protected, bound));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** RFC 7516, 5.1, step 14: the protected header and the associated data, which is not sent along. */
function associated(header: string, { tenant, receiver, messageId }: BoundTo): Buffer {
  return Buffer.from(`${header}.${encoded(JSON.stringify([tenant, receiver, messageId]))}`, 'ascii');
}
