import type { Blobs } from '../../runtime/ports.ts';
import { blobMissing, openBlob, packBlob } from '../blob-codec.ts';
import type { Meter } from './meter.ts';

/** Blobs in memory; the map is the bucket, so that a test can lose or spoil one. */
export function memoryBlobs(meter: Meter, objects: Map<string, Uint8Array> = new Map()): Blobs {
  return {
    put: async (tenant, value) => {
      const { ref, bytes } = await packBlob(tenant, value);
      meter.add('s3_put', 1);
      objects.set(ref.key, bytes);
      return ref;
    },
    get: async (ref) => {
      meter.add('s3_get', 1);
      const bytes = objects.get(ref.key);
      if (!bytes) throw blobMissing(ref);
      return openBlob(ref, bytes);
    },
  };
}
