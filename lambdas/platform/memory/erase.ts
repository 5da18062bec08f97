import type { Erasure } from '../../contracts/memory.ts';
import type { MemoryPorts } from './memory-ports.ts';
import type { PoolStore } from './pool-store.ts';
import { plainText } from './retrieval/terms.ts';
import { readSnapshot } from './snapshot.ts';

/**
 * Erases a person: their key first, so that nothing of theirs can be read any more wherever it lies, then their entries,
 * then the snapshots. Again, it finishes what was begun.
 */
export async function erase(tenant: string, subject: string, ports: MemoryPorts, store: PoolStore): Promise<Erasure> {
  const { memories, memoryKeys, clock } = ports;
  const pools = await memories.pools(tenant);
  const theirs = await entriesOf(tenant, subject, pools, store);
  // From here on, what others have prepared with the old key is refused, and what they have opened is dropped.
  await memories.nextEpoch(tenant);
  const destroyed = await memoryKeys.destroy(tenant, subject);
  const touched: string[] = [];
  let rewritten = 0;
  for (const [pool, ids] of theirs) {
    await store.change({ tenant, pool }, () => ({ remove: ids, answer: undefined }));
    touched.push(pool);
  }
  for (const pool of pools) rewritten += await store.snapshot({ tenant, pool });
  store.drop(tenant);
  const left = await countLeft(tenant, subject, pools, ports, store);
  return {
    ...{ subject, at: clock.now(), pools: touched, snapshots_rewritten: rewritten, key_destroyed: destroyed, left },
    entries: [...theirs.values()].reduce((sum, ids) => sum + ids.length, 0),
    mentions: await mentionsOf(tenant, subject, pools, store),
  };
}

async function entriesOf(
  tenant: string,
  subject: string,
  pools: readonly string[],
  store: PoolStore,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const pool of pools) {
    const { state } = await store.read({ tenant, pool });
    const ids = [...state.all()].filter(({ entry }) => entry.subject === subject).map(({ entry }) => entry.id);
    if (ids.length > 0) found.set(pool, ids);
  }
  return found;
}

/** Looks into what is stored now: entries that can be read, and segments of snapshots that are still sealed by their key. */
async function countLeft(
  tenant: string,
  subject: string,
  pools: readonly string[],
  { memorySnapshots, memoryKeys }: MemoryPorts,
  store: PoolStore,
): Promise<number> {
  let left = [...(await entriesOf(tenant, subject, pools, store)).values()].flat().length;
  for (const pool of pools)
    for (const name of await memorySnapshots.list({ tenant, pool })) {
      const bytes = await memorySnapshots.read(name);
      if (!bytes) continue;
      const { keys, open } = readSnapshot({ tenant, pool }, bytes);
      for (const { remembered } of open(await memoryKeys.read(tenant, keys)))
        if (remembered.entry.subject === subject) left++;
    }
  return left;
}

async function mentionsOf(
  tenant: string,
  subject: string,
  pools: readonly string[],
  store: PoolStore,
): Promise<Erasure['mentions']> {
  const name = plainText(subject);
  const mentions: Erasure['mentions'] = [];
  for (const pool of pools)
    for (const { entry } of (await store.read({ tenant, pool })).state.all())
      if (plainText(`${entry.speaker ?? ''} ${entry.text}`).includes(name)) mentions.push({ pool, id: entry.id });
  return mentions;
}
