import { createHash } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { openBlob, packBlob } from '../../../lambdas/adapters/blob-codec.ts';

const refOf = (bytes: Buffer) => ({
  key: 'acme/x',
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

describe('a blob', () => {
  test('that opens to more than 64 MB is refused as the bomb it is', async () => {
    const bomb = brotliCompressSync(Buffer.from(`"${' '.repeat(65 * 1024 * 1024)}"`));
    expect(bomb.length).toBeLessThan(10_000);
    await expect(openBlob(refOf(bomb), bomb)).rejects.toMatchObject({ code: 'blob_too_large', class: 'data' });
  });

  test('that is not brotli inside is corrupt, though its hash is right', async () => {
    const bytes = Buffer.from('plain');
    await expect(openBlob(refOf(bytes), bytes)).rejects.toMatchObject({ code: 'blob_corrupt' });
  });

  test('has the same bytes and ticket for the same value', async () => {
    expect(await packBlob('acme', { a: [1, 2] })).toEqual(await packBlob('acme', { a: [1, 2] }));
  });
});
