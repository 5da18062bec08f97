import type { MemoryExport } from '../../contracts/memory.ts';
import type { MemoryPorts } from './memory-ports.ts';
import type { PoolStore } from './pool-store.ts';

/** Lambda answers with at most 6 MB; an entry has some 40 KB at most. */
const MOST_CHARACTERS = 3_000_000;

/** What is remembered of a tenant, as much as fits into an answer. */
export async function exportOf(
  tenant: string,
  after: string | undefined,
  ports: MemoryPorts,
  store: PoolStore,
): Promise<MemoryExport> {
  const { memories, memoryKeys, memorySnapshots } = ports;
  const all: MemoryExport['entries'] = [];
  for (const pool of await memories.pools(tenant))
    for (const { entry } of (await store.read({ tenant, pool })).state.all())
      if (after === undefined || entry.id > after) all.push({ pool, entry });
  all.sort((one, other) => (one.entry.id < other.entry.id ? -1 : 1));
  const entries: MemoryExport['entries'] = [];
  let size = 0;
  for (const one of all) {
    size += JSON.stringify(one).length;
    if (size > MOST_CHARACTERS && entries.length > 0) break;
    entries.push(one);
  }
  const last = entries.at(-1)?.entry.id;
  return {
    entries,
    ...(entries.length < all.length && last !== undefined && { next: last }),
    rows: await memories.countTenant(tenant),
    keys: await memoryKeys.countTenant(tenant),
    snapshots: (await memorySnapshots.listTenant(tenant)).length,
  };
}

/**
 * Erases all that is remembered of a tenant: the keys first, so that nothing can be read any more wherever it lies. What
 * others have prepared with them is refused from then on.
 */
export async function eraseTenant(
  tenant: string,
  { memories, memoryKeys, memorySnapshots }: MemoryPorts,
  store: PoolStore,
): Promise<{ keys: number; rows: number; snapshots: number }> {
  await memories.nextEpoch(tenant);
  const keys = await memoryKeys.destroyTenant(tenant);
  const rows = await memories.removeTenant(tenant);
  const names = await memorySnapshots.listTenant(tenant);
  for (const name of names) await memorySnapshots.remove(name);
  store.drop(tenant);
  return { keys, rows, snapshots: names.length };
}
