import { describe, expect, test } from '@jest/globals';
import type { World } from './ports-under-test.ts';

export function blobsContract(world: World): void {
  describe('blobs', () => {
    const value = { rows: Array.from({ length: 5_000 }, (_, i) => ({ i, text: `row ${i} ☂` })) };

    test('come back as they were put, under their tenant and hash', async () => {
      const { blobs } = world();
      const ref = await blobs.put('acme', value);
      expect(ref.key).toBe(`acme/${ref.sha256}`);
      expect(ref.bytes).toBeLessThan(JSON.stringify(value).length / 4);
      expect(await blobs.get(ref)).toEqual(value);
    });

    test('put twice are one, and tenants do not share', async () => {
      const { blobs } = world();
      const first = await blobs.put('acme', value);
      expect(await blobs.put('acme', value)).toEqual(first);
      expect((await blobs.put('other', value)).key).not.toBe(first.key);
    });

    test('that are not what the ticket says are refused as corrupt', async () => {
      const { blobs } = world();
      const ref = await blobs.put('acme', { a: 1 });
      const forged = { ...ref, sha256: '0'.repeat(64) };
      await expect(blobs.get(forged)).rejects.toMatchObject({ code: 'blob_corrupt', class: 'data' });
    });

    test('that are not there are missing', async () => {
      const { blobs } = world();
      const ref = { key: `acme/${'0'.repeat(64)}`, bytes: 1, sha256: '0'.repeat(64) };
      await expect(blobs.get(ref)).rejects.toMatchObject({ code: 'blob_missing', class: 'system' });
    });
  });
}
