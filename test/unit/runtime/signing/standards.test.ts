import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { flattenedDecrypt, flattenedVerify } from 'jose';
import { decoded } from '../../../../lambdas/runtime/signing/base64url.ts';
import { encrypt } from '../../../../lambdas/runtime/signing/jwe.ts';
import { openDetached, protectedHeader, signDetached } from '../../../../lambdas/runtime/signing/jws.ts';

/** RFC 8037, Appendix A. */
const JWK = {
  ...{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
};
const privateKey = createPrivateKey({ key: JWK, format: 'jwk' });
const publicKey = createPublicKey(privateKey);

describe('what standards say', () => {
  test('RFC 8037, A.4: the same content and key give the same signature', () => {
    const header = 'eyJhbGciOiJFZERTQSJ9';
    expect(signDetached(header, 'Example of Ed25519 signing', privateKey)).toBe(
      `${header}..hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg`,
    );
  });

  test('another implementation takes our signatures, and not for other content', async () => {
    const content = JSON.stringify({ body: 'digest', header: { sender: 'worker' } });
    const jws = signDetached(protectedHeader('a-key-id', 'muster-message+jws'), content, privateKey);
    expect(openDetached(jws)?.isBy(publicKey, content)).toBe(true);
    const [head = '', , signature = ''] = jws.split('.');
    const as = (payload: string) => ({
      protected: head,
      payload: Buffer.from(payload).toString('base64url'),
      signature,
    });
    const verified = await flattenedVerify(as(content), publicKey, { algorithms: ['EdDSA'] });
    expect(Buffer.from(verified.payload).toString()).toBe(content);
    await expect(flattenedVerify(as(`${content} `), publicKey, { algorithms: ['EdDSA'] })).rejects.toThrow();
  });

  test('another implementation opens our bodies, and only with their associated data', async () => {
    const plain = Buffer.alloc(32, 9);
    const bound = { tenant: 'acme', receiver: 'worker', messageId: 'm1' };
    const jwe = encrypt(Buffer.from('a secret'), bound, { plain, wrapped: 'wrapped' });
    const aad = Buffer.from(JSON.stringify(['acme', 'worker', 'm1'])).toString('base64url');
    const opened = await flattenedDecrypt({ ...jwe, aad }, new Uint8Array(plain));
    expect(Buffer.from(opened.plaintext).toString()).toBe('a secret');
    await expect(flattenedDecrypt({ ...jwe }, new Uint8Array(plain))).rejects.toThrow();
  });

  test.each(['AA==', 'AB', 'A', 'A A', 'AA\n', '+/', '-_='])('base64url %j is no way to write anything', (text) => {
    expect(decoded(text)).toBeUndefined();
  });
});
