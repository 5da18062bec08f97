import { readFile, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ObjectStore } from '../../runtime/ports.ts';
import { objectMissing } from '../object-missing.ts';
import type { Meter } from './meter.ts';

/** A bucket in memory. */
export function memoryObjectStore(meter: Meter, bucket = 'memory'): ObjectStore {
  const objects = new Map<string, Buffer>();
  const bytesOf = (key: string): Buffer => {
    meter.add('s3_get', 1);
    const bytes = objects.get(key);
    if (!bytes) throw objectMissing(bucket, key);
    return bytes;
  };
  const versions = new Map<string, number>();
  const store = (key: string, bytes: Buffer): void => {
    meter.add('s3_put', 1);
    objects.set(key, bytes);
    versions.set(key, (versions.get(key) ?? 0) + 1);
  };
  const versionOf = (key: string): string | undefined => versions.get(key)?.toString();
  return {
    read: async (key) => Readable.from([bytesOf(key)], { objectMode: false }),
    readToFile: async (key, path) => writeFile(path, bytesOf(key)),
    write: async (key, body) => store(key, Buffer.from(body)),
    writeFile: async (key, path) => store(key, await readFile(path)),
    list: async (prefix) => {
      meter.add('s3_put', 1); // a listing is billed like a PUT
      return [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, bytes]) => ({ key, bytes: bytes.length }));
    },
    readVersion: async (key) => {
      const version = versionOf(key);
      return version === undefined ? undefined : { body: bytesOf(key).toString(), version };
    },
    replace: async (key, body, version) => {
      if (versionOf(key) !== version) return false;
      store(key, Buffer.from(body));
      return true;
    },
  };
}
