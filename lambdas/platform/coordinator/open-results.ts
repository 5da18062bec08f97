import type { ResultValue, UpstreamValue } from '../../contracts/blob.ts';
import type { Json } from '../../contracts/json.ts';
import { LIMITS } from '../../contracts/limits.ts';
import type { Blobs } from '../../runtime/ports.ts';

/** Results as plain values, each blob fetched once. */
export function createOpener(blobs: Blobs) {
  const fetched = new Map<string, Promise<Json>>();

  async function one(result: ResultValue): Promise<Json> {
    if ('value' in result) return result.value;
    const known = fetched.get(result.ref.key) ?? blobs.get(result.ref);
    fetched.set(result.ref.key, known);
    return known;
  }

  async function open(value: UpstreamValue): Promise<Json> {
    if (!('list' in value)) return one(value);
    return Promise.all(value.list.map((result) => (result === null ? null : open(result))));
  }

  return {
    open,
    openAll: async (values: Readonly<Record<string, UpstreamValue>>): Promise<Record<string, Json>> => {
      const opened: Record<string, Json> = {};
      for (const [name, value] of Object.entries(values)) opened[name] = await open(value);
      return opened;
    },
  };
}
export type Opener = ReturnType<typeof createOpener>;

/** A value as the journal keeps it: small ones ride along, larger ones lie in the blob bucket. */
export async function storeResult(value: Json, tenant: string, blobs: Blobs): Promise<ResultValue> {
  return fitsInline(value) ? { value } : { ref: await blobs.put(tenant, value) };
}

/** Small enough for the journal. */
export function fitsInline(value: Json): boolean {
  return Buffer.byteLength(JSON.stringify(value)) <= LIMITS.inlineResult;
}
