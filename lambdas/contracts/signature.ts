import * as z from 'zod';
import { BlobRef } from './blob.ts';
import { EpochMs } from './names.ts';

const base64url = (bytes: z.ZodString) => bytes.regex(/^[A-Za-z0-9_-]+$/, 'is base64url without padding');

/** Names a key of a sender. */
export const KeyId = base64url(z.string().min(8).max(64));

/**
 * A detached JWS (RFC 7515, Appendix F): protected header and signature. What is signed is what it travels with: the
 * header of the message and a digest of its body.
 */
export const DetachedJws = z
  .string()
  .max(1_024)
  .regex(/^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]{86}$/, 'is a detached JWS with an Ed25519 signature');

/** What a signature is for: one kind is never taken for another, though the key is the same. */
export const SIGNED = { message: 'muster-message+jws', event: 'muster-event+jws', token: 'JWT' } as const;

/** The public half of a container's key, as it lies in the registry of keys. */
export const PublishedKey = z.object({
  sender: z.string().min(1).max(64),
  kid: KeyId,
  public: base64url(z.string().length(43)).describe('Ed25519, the `x` of its JWK (RFC 8037)'),
  from: EpochMs.describe('Since when it signs'),
  until: EpochMs.describe('After this it signs nothing any more'),
  keep_until: EpochMs.describe('As long as what it signed may still be under way'),
});
export type PublishedKey = z.infer<typeof PublishedKey>;

/**
 * A body that only its receiver can open: a JWE (RFC 7516, 7.2.2) by `dir` and A256GCM. Tenant, receiver and message id are
 * its associated data; they are not repeated here, since both sides know them.
 */
export const Jwe = z.object({
  protected: base64url(z.string().max(2_048)),
  iv: base64url(z.string().length(16)),
  ciphertext: z.string().regex(/^[A-Za-z0-9_-]*$/, 'is base64url without padding'),
  tag: base64url(z.string().length(22)),
});
export type Jwe = z.infer<typeof Jwe>;

/** As it travels: as it is, or by claim check when it is large. */
export const EncryptedBody = z.union([Jwe, z.object({ claim: BlobRef })]);
export type EncryptedBody = z.infer<typeof EncryptedBody>;
