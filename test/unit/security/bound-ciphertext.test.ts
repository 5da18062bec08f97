import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { decrypt, encrypt } from '../../../lambdas/runtime/signing/jwe.ts';

const bound = { tenant: 'acme', receiver: 'worker', messageId: 'm1' };
const key = { plain: randomBytes(32), wrapped: 'wrapped' };

describe('a ciphertext that is moved, by somebody who has its key,', () => {
  const jwe = encrypt(Buffer.from('between us'), bound, key);

  test('opens where it belongs', () => {
    expect(decrypt(jwe, bound, key.plain)?.toString()).toBe('between us');
  });

  test.each([
    ['to another tenant', { tenant: 'globex' }],
    ['to another receiver', { receiver: 'other' }],
    ['to another message', { messageId: 'm2' }],
    ['so that the parts run together', { tenant: 'acmeworker', receiver: '' }],
  ])('%s does not open', (_, other) => {
    expect(decrypt(jwe, { ...bound, ...other }, key.plain)).toBeUndefined();
  });
});
