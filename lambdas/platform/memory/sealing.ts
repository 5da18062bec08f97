import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { MemoryKey } from '../../runtime/memory/memory-stores.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM: nonce, ciphertext, tag.
 * @param place what it is and where it lies: it can't be opened as something else
 */
export function seal(plain: Uint8Array, key: MemoryKey, place: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce).setAAD(Buffer.from(place));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error when it was not sealed by this key for this place, or was changed */
export function open(sealed: Uint8Array, key: MemoryKey, place: string): Buffer {
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key.secret, sealed.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(place))
    .setAuthTag(sealed.subarray(end));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final()]);
}
