import { createHash, randomBytes } from 'node:crypto';
import type { MemoryKey } from '../runtime/memory/memory-stores.ts';

/** Whose a key is, as it is stored: names stay out of tables. */
export const ownerOf = (subject: string | undefined): string =>
  subject === undefined ? 'tenant' : createHash('sha256').update(subject).digest('hex');

/** The same person has another key after an erasure: what was sealed before stays closed. */
export const newKey = (subject: string | undefined): MemoryKey => ({
  id: `${ownerOf(subject)}.${randomBytes(8).toString('hex')}`,
  secret: randomBytes(32),
});
