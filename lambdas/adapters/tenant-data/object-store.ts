import type { Json } from '../../contracts/json.ts';
import type { TenantPiece, TenantStore } from '../../tenancy/tenant-store.ts';

/** A bucket, as whoever looks through a part of it sees it. */
export interface ObjectBucket {
  list(prefix: string, from?: string): Promise<{ readonly keys: readonly string[]; readonly next?: string }>;
  read(key: string): Promise<Uint8Array | undefined>;
  remove(keys: readonly string[]): Promise<void>;
}

export interface ObjectStoreOptions {
  readonly name: string;
  readonly bucket: ObjectBucket;
  /** Where something of a tenant may lie. */
  readonly prefixes: (tenant: string) => readonly string[];
  /** As a person can read it. */
  readonly open: (bytes: Uint8Array) => Promise<Json>;
}

/** Objects whose keys begin with their tenant. */
export function objectStore({ name, bucket, prefixes, open }: ObjectStoreOptions): TenantStore {
  return {
    name,
    async page(tenant, from) {
      const places = prefixes(tenant);
      const [place, cursor] = from === undefined ? [0, undefined] : (JSON.parse(from) as [number, string | undefined]);
      const { keys, next } = await bucket.list(places[place] ?? '', cursor);
      const pieces: TenantPiece[] = keys.map((key) => ({
        id: key,
        async lines() {
          const bytes = await bucket.read(key);
          return bytes ? [{ key, value: await open(bytes) }] : [];
        },
      }));
      if (next !== undefined) return { pieces, next: JSON.stringify([place, next]) };
      return { pieces, ...(place + 1 < places.length && { next: JSON.stringify([place + 1]) }) };
    },
    remove: (_tenant, pieces) => bucket.remove(pieces.map(({ id }) => id)),
  };
}
