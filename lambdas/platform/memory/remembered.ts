import * as z from 'zod';
import { MemoryEntry } from '../../contracts/memory.ts';
import type { MemoryKey, PoolAddress } from '../../runtime/memory/memory-stores.ts';
import type { SmallVector } from './retrieval/vectors.ts';
import { open, seal } from './sealing.ts';

/** An entry in the memory Lambda's hands. */
export interface Remembered {
  readonly entry: MemoryEntry;
  /** Entries of a pool in the order in which they were remembered. */
  readonly order: number;
  readonly vector?: SmallVector;
  /** Which model made its vector. */
  readonly model?: string;
  /** The latest outcomes that `entry.outcomes` counts. */
  readonly tally?: readonly Tallied[];
}

const Tallied = z.strictObject({ key: z.string(), run: z.string(), success: z.boolean() });
/** An outcome, told by a run under a key. */
export type Tallied = z.infer<typeof Tallied>;

const Body = z.strictObject({
  entry: MemoryEntry,
  order: z.number(),
  vector: z.base64().optional(),
  model: z.string().optional(),
  tally: z.array(Tallied).optional(),
});

const placeOf = ({ tenant, pool }: PoolAddress, id: string): string => `entry ${tenant}#${pool}#${id}`;

/** As it is stored. */
export function sealEntry(
  { entry, order, vector, model, tally }: Remembered,
  address: PoolAddress,
  key: MemoryKey,
): Uint8Array {
  const body: z.infer<typeof Body> = {
    ...{ entry, order },
    ...(tally && { tally: [...tally] }),
    ...(vector && model !== undefined && { vector: Buffer.from(vector).toString('base64'), model }),
  };
  return seal(Buffer.from(JSON.stringify(body)), key, placeOf(address, entry.id));
}

/** @throws Error when it was not sealed for this place by this key */
export function openEntry(id: string, body: Uint8Array, address: PoolAddress, key: MemoryKey): Remembered {
  const { entry, order, vector, model, tally } = Body.parse(
    JSON.parse(open(body, key, placeOf(address, id)).toString()),
  );
  return {
    ...{ entry, order },
    ...(tally && { tally }),
    ...(vector !== undefined && model !== undefined && { vector: vectorOf(Buffer.from(vector, 'base64')), model }),
  };
}

/** A copy: a small buffer from Node's pool would hold on to all of it. */
export function vectorOf(bytes: Uint8Array): SmallVector {
  const vector = new Int8Array(bytes.length);
  vector.set(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  return vector;
}
