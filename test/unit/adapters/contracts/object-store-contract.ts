import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { someName, type World } from './ports-under-test.ts';

export function objectStoreContract(world: World): void {
  describe('an object store', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'muster-objects-'));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    test('gives back what was written, text or bytes', async () => {
      const { objects } = world();
      const prefix = someName('folder');
      await objects.write(`${prefix}/a.csv`, 'a,b\n1,☂\n', 'text/csv');
      await objects.write(`${prefix}/b.bin`, new Uint8Array([0, 255, 7]));
      expect(await text(await objects.read(`${prefix}/a.csv`))).toBe('a,b\n1,☂\n');
      expect([...(await buffer(await objects.read(`${prefix}/b.bin`)))]).toEqual([0, 255, 7]);
    });

    test('streams files in and out', async () => {
      const { objects } = world();
      const key = `${someName('folder')}/large.bin`;
      const bytes = Buffer.alloc(3_000_000, 'some bytes');
      await writeFile(join(folder, 'in.bin'), bytes);
      await objects.writeFile(key, join(folder, 'in.bin'), 'application/octet-stream');
      await objects.readToFile(key, join(folder, 'out.bin'));
      expect(bytes.equals(await readFile(join(folder, 'out.bin')))).toBe(true);
    });

    test('lists what lies under a prefix, with sizes', async () => {
      const { objects } = world();
      const prefix = someName('folder');
      for (const name of ['b', 'a']) await objects.write(`${prefix}/${name}`, name.repeat(3));
      const listed = [
        { key: `${prefix}/a`, bytes: 3 },
        { key: `${prefix}/b`, bytes: 3 },
      ];
      expect(await objects.list(`${prefix}/`)).toEqual(listed);
      expect(await objects.list(`${prefix}/c`)).toEqual([]);
    });

    test('lets only one of those who read the same version replace it, and only one be the first to write it', async () => {
      const { objects } = world();
      const key = `${someName('folder')}/book.json`;
      expect(await objects.readVersion(key)).toBeUndefined();
      expect(await objects.replace(key, 'never there', '"0"')).toBe(false);
      const first = await Promise.all(['a', 'b'].map((body) => objects.replace(key, body, undefined)));
      expect(first.toSorted()).toEqual([false, true]);
      const read = await objects.readVersion(key);
      const next = await Promise.all(['c', 'd'].map((body) => objects.replace(key, body, read?.version)));
      expect(next.toSorted()).toEqual([false, true]);
      expect((await objects.readVersion(key))?.body).toBe(next[0] ? 'c' : 'd');
      expect(await objects.replace(key, 'e', read?.version)).toBe(false);
    });

    test('names the object that is not there', async () => {
      const { objects } = world();
      const missing = { code: 'object_missing', class: 'data', message: expect.stringContaining('no/such.csv') };
      await expect(objects.read('no/such.csv')).rejects.toMatchObject(missing);
      await expect(objects.readToFile('no/such.csv', join(folder, 'never'))).rejects.toMatchObject(missing);
    });
  });
}
