import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyContext, KeyService } from '../../runtime/signing/data-keys.ts';

/** A key service whose keys are open to whoever names the right context: there is no IAM in a test. */
export function memoryKeyService(): KeyService {
  const master = Buffer.alloc(32, 7);
  let made = 0;
  const mac = (what: string, { tenant, receiver }: KeyContext, seed: string): Buffer =>
    createHmac('sha256', master)
      .update(JSON.stringify([what, tenant, receiver, seed]))
      .digest();
  return {
    async make(context) {
      made += 1;
      const seed = createHash('sha256').update(String(made)).digest('base64url').slice(0, 22);
      return {
        plain: mac('key', context, seed),
        wrapped: `${seed}.${mac('proof', context, seed).toString('base64url')}`,
      };
    },
    async unwrap(context, wrapped) {
      const [seed = '', proof = ''] = wrapped.split('.');
      const expected = mac('proof', context, seed);
      const given = Buffer.from(proof, 'base64url');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      return mac('key', context, seed);
    },
  };
}
