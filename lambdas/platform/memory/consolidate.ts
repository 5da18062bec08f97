import { embedTexts } from './embed-texts.ts';
import type { MemoryPorts } from './memory-ports.ts';
import { mergeEqual } from './merge-equal.ts';
import type { PoolStore } from './pool-store.ts';
import type { Remembered } from './remembered.ts';
import { summarizeOld } from './summarize-old.ts';

/** Entries that get their vector in one pass, after the service was down or the model was changed. */
const MOST_EMBEDDED = 1_000;

/** What was tidied up. */
export interface Consolidated {
  readonly pools: number;
  readonly merged: number;
  readonly summarized: number;
  readonly embedded: number;
  readonly snapshots: number;
}

/** Tidies up all pools of a tenant, without asking any model: equal facts become one, old episodes a summary. */
export async function consolidate(tenant: string, ports: MemoryPorts, store: PoolStore): Promise<Consolidated> {
  const pools = await ports.memories.pools(tenant);
  let [merged, summarized, embedded, snapshots] = [0, 0, 0, 0];
  for (const pool of pools) {
    const address = { tenant, pool };
    merged += await store.change(address, (state) => {
      const change = mergeEqual([...state.all()]);
      return { ...change, answer: change.remove.length };
    });
    summarized += await store.change(address, (state) => {
      const change = summarizeOld([...state.all()], address, ports.clock.now());
      return { ...change, answer: change.remove.length };
    });
    embedded += await embedMissing(address, ports, store);
    const { head, state } = await store.read(address);
    if (head && state.version > (head.snapshot?.version ?? 0)) {
      await store.snapshot(address);
      snapshots++;
    }
  }
  return { pools: pools.length, merged, summarized, embedded, snapshots };
}

async function embedMissing(address: { tenant: string; pool: string }, ports: MemoryPorts, store: PoolStore) {
  const { embedder } = ports;
  if (embedder === undefined) return 0;
  const { state } = await store.read(address);
  const missing = [...state.all()].filter(({ model }) => model !== embedder.model).slice(0, MOST_EMBEDDED);
  const { vectors } = await embedTexts(
    ports,
    missing.map(({ entry }) => entry),
  );
  const found = new Map(
    missing.flatMap(({ entry }, i) => {
      const vector = vectors[i];
      return vector ? [[entry.id, { text: entry.text, vector }] as const] : [];
    }),
  );
  return store.change(address, (now) => {
    const put: Remembered[] = [];
    for (const [id, { text, vector }] of found) {
      const remembered = now.get(id);
      if (remembered?.entry.text === text) put.push({ ...remembered, vector, model: embedder.model });
    }
    return { put, answer: put.length };
  });
}
