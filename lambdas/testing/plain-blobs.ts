import { hash } from 'node:crypto';
import { blobMissing } from '../adapters/blob-codec.ts';
import type { Meter } from '../adapters/memory/meter.ts';
import { DataError } from '../contracts/errors.ts';
import type { Blobs } from '../runtime/ports.ts';

/**
 * Blobs in memory, neither compressed nor encrypted: zlib answers from another thread, which costs a test its speed and
 * its determinism. The map is the bucket: who alters it spoils a blob.
 */
export function plainBlobs(meter: Meter, objects: Map<string, string> = new Map()): Blobs {
  const digestOf = (text: string): string => hash('sha256', text, 'hex');
  return {
    put: async (tenant, value) => {
      meter.add('s3_put', 1);
      const text = JSON.stringify(value);
      const sha256 = digestOf(text);
      const key = `${tenant}/${sha256}`;
      objects.set(key, text);
      return { key, bytes: Buffer.byteLength(text), sha256 };
    },
    get: async (ref) => {
      meter.add('s3_get', 1);
      const text = objects.get(ref.key);
      if (text === undefined) throw blobMissing(ref);
      if (digestOf(text) !== ref.sha256)
        throw new DataError('blob_corrupt', `the blob ${ref.key} is not what was stored under it`, { key: ref.key });
      return JSON.parse(text);
    },
  };
}
