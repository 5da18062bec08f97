import * as fc from 'fast-check';
import { virtualWorld } from '../../../../lambdas/adapters/memory/memory-world.ts';
import type { BlobRef } from '../../../../lambdas/contracts/blob.ts';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import type { Blobs } from '../../../../lambdas/runtime/ports.ts';
import { pairOf } from '../answers.ts';
import type { LocalServices } from '../local-services.ts';
import { type Conformance, calls } from '../operations.ts';
import { json, tenant } from '../words.ts';

/** Blobs by the order in which they were put, so that operations can speak of them. */
interface NumberedBlobs {
  put(tenant: string, value: Json): Promise<BlobRef>;
  /** The nth ticket, with some of it replaced. */
  get(n: number, forged: Partial<BlobRef>): Promise<Json | undefined>;
}

function numbered(blobs: Blobs): NumberedBlobs {
  const refs: BlobRef[] = [];
  return {
    put: async (of, value) => {
      const ref = await blobs.put(of, value);
      refs.push(ref);
      return ref;
    },
    get: async (n, { key, ...forged }) => {
      const ref = refs[n % refs.length];
      return ref && blobs.get({ ...ref, ...forged, ...(key !== undefined && { key: `acme/${key}` }) });
    },
  };
}

/** Values put, also twice and by several tenants; claimed by their tickets and by forged ones. */
export function blobsConformance(services: LocalServices): Conformance<NumberedBlobs> {
  const digest = fc.constantFrom('0', 'f').map((digit) => digit.repeat(64));
  const forged = fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.record({ sha256: digest }) },
    { weight: 1, arbitrary: fc.record({ key: digest }) },
  );
  const value = fc.oneof(
    { weight: 2, arbitrary: json },
    { weight: 1, arbitrary: fc.constantFrom<Json>(1, 'same', {}) },
  );
  return {
    name: 'blobs',
    operation: fc.oneof(calls('put', fc.tuple(tenant, value)), calls('get', fc.tuple(fc.nat({ max: 30 }), forged))),
    longest: 24,
    open: async () => pairOf(numbered(virtualWorld().blobs), numbered(services.blobs)),
  };
}
