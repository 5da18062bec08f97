import * as z from 'zod';
import type { KeyContext, KeyService } from '../../runtime/signing/data-keys.ts';
import type { ClientSettings } from './clients.ts';
import { type JsonCall, jsonRequests, ServiceRefusal } from './json-request.ts';
import { serviceCall } from './service-failure.ts';
import type { Credentials } from './sign-request.ts';

const CODE = 'keys_unavailable';
const KMS = { name: 'kms', contentType: 'application/x-amz-json-1.1', target: 'TrentService' } as const;
/** Wrapped for another context, for another key, or for nobody; or this role may not unwrap it. */
const NOT_OURS = ['InvalidCiphertextException', 'IncorrectKeyException', 'AccessDeniedException'];

const Made = z.object({ Plaintext: z.base64(), CiphertextBlob: z.base64() });
const Unwrapped = z.object({ Plaintext: z.base64() });

/** Data keys of AWS KMS. Tenant and receiver are the encryption context, which policies name and CloudTrail shows. */
export function kmsKeyService(settings: ClientSettings, keyArn: string, credentials: () => Credentials): KeyService {
  return keyServiceBy(jsonRequests(settings, KMS, credentials), keyArn);
}

export function keyServiceBy(call: JsonCall, keyArn: string): KeyService {
  const contextOf = ({ tenant, receiver }: KeyContext) => ({ tenant, receiver });
  return {
    make: (context) =>
      serviceCall(CODE, 'making a key for messages', async () => {
        const input = { KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: contextOf(context) };
        const { Plaintext, CiphertextBlob } = Made.parse(await call('GenerateDataKey', input));
        return { plain: Buffer.from(Plaintext, 'base64'), wrapped: CiphertextBlob };
      }),

    unwrap: (context, wrapped) =>
      serviceCall(CODE, 'unwrapping a key of messages', async () => {
        const input = { KeyId: keyArn, CiphertextBlob: wrapped, EncryptionContext: contextOf(context) };
        try {
          return Buffer.from(Unwrapped.parse(await call('Decrypt', input)).Plaintext, 'base64');
        } catch (error) {
          if (error instanceof ServiceRefusal && NOT_OURS.includes(error.name)) return undefined;
          throw error;
        }
      }),
  };
}
