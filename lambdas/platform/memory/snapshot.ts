import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { MemoryKey, PoolAddress } from '../../runtime/memory/memory-stores.ts';
import { type Remembered, vectorOf } from './remembered.ts';
import { open, seal } from './sealing.ts';

/*
 * A pool as one object: a header in the clear (version, and which key sealed which segment), then a segment for each key.
 * Whoever's key is destroyed is gone from it, even from a copy that nobody knows of.
 */

const Header = z.strictObject({
  version: z.number().int(),
  segments: z.array(z.strictObject({ key: z.string(), bytes: z.number().int() })),
});
/** Made by this code and sealed: its shape is certain, and zod would take seconds for 100,000. */
type Line = Omit<Remembered, 'vector'> & { dimensions?: number };

const LENGTH_BYTES = 4;

export const snapshotName = ({ tenant, pool }: PoolAddress, version: number): string =>
  `${tenant}/${pool}/${version}-${randomUUID()}`;
/** The version in a snapshot's name. */
export const versionIn = (name: string): number => Number.parseInt(name.split('/').at(-1) ?? '', 10);

const placeOf = ({ tenant, pool }: PoolAddress, version: number): string => `snapshot ${tenant}#${pool}#${version}`;

/** @param sealed what each key seals */
export function writeSnapshot(
  address: PoolAddress,
  version: number,
  sealed: ReadonlyMap<MemoryKey, readonly Remembered[]>,
): Uint8Array {
  const segments = [...sealed].map(([key, entries]) => ({
    key: key.id,
    body: seal(segmentOf(entries), key, placeOf(address, version)),
  }));
  const header: z.infer<typeof Header> = {
    version,
    segments: segments.map(({ key, body }) => ({ key, bytes: body.length })),
  };
  return framed(JSON.stringify(header), ...segments.map(({ body }) => body));
}

/** @returns its version, the keys that it needs, and a way to open it with those that there still are */
export function readSnapshot(address: PoolAddress, bytes: Uint8Array) {
  const { text, rest } = unframed(bytes);
  const { version, segments } = Header.parse(JSON.parse(text));
  return {
    version,
    keys: segments.map(({ key }) => key),
    *open(keys: ReadonlyMap<string, MemoryKey>): Generator<{ key: string; remembered: Remembered }> {
      let from = 0;
      for (const { key: id, bytes: length } of segments) {
        const body = rest.subarray(from, from + length);
        from += length;
        const key = keys.get(id);
        if (key === undefined) continue;
        for (const remembered of entriesOf(open(body, key, placeOf(address, version)))) yield { key: id, remembered };
      }
    },
  };
}

function segmentOf(entries: readonly Remembered[]): Uint8Array {
  const lines = entries.map(
    ({ vector, ...rest }): Line => ({
      ...rest,
      ...(vector && rest.model !== undefined && { dimensions: vector.length }),
    }),
  );
  const vectors = entries.flatMap(({ vector, model }) =>
    vector && model !== undefined ? [Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)] : [],
  );
  return framed(JSON.stringify(lines), ...vectors);
}

function* entriesOf(segment: Uint8Array): Generator<Remembered> {
  const { text, rest } = unframed(segment);
  let from = 0;
  for (const { dimensions, ...line } of JSON.parse(text) as Line[]) {
    if (dimensions === undefined) yield line;
    else {
      yield { ...line, vector: vectorOf(rest.subarray(from, from + dimensions)) };
      from += dimensions;
    }
  }
}

/** A length, a text of that many bytes, and the rest. */
function framed(text: string, ...rest: Uint8Array[]): Uint8Array {
  const encoded = Buffer.from(text);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(encoded.length);
  return Buffer.concat([length, encoded, ...rest]);
}

function unframed(bytes: Uint8Array): { text: string; rest: Uint8Array } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = LENGTH_BYTES + buffer.readUInt32BE(0);
  return { text: buffer.toString('utf8', LENGTH_BYTES, end), rest: buffer.subarray(end) };
}
