import type { Unlearned } from '../../contracts/memory.ts';
import type { MemoryPorts } from './memory-ports.ts';
import { withoutOutcomesOf } from './outcome.ts';
import type { PoolStore } from './pool-store.ts';
import type { Remembered } from './remembered.ts';

/** Takes away what came from a run, out of all pools of the tenant and their snapshots; what it superseded is valid again. */
export async function unlearn(tenant: string, run: string, ports: MemoryPorts, store: PoolStore): Promise<Unlearned> {
  let removed = 0;
  let changed = 0;
  const touched: string[] = [];
  for (const pool of await ports.memories.pools(tenant)) {
    const address = { tenant, pool };
    const done = await store.change(address, (state) => {
      const change = lessRun([...state.all()], run);
      return { ...change, answer: { removed: change.remove.length, changed: change.put.length } };
    });
    if (done.removed + done.changed === 0) continue;
    touched.push(pool);
    removed += done.removed;
    changed += done.changed;
    await store.snapshot(address);
  }
  return { run, removed, changed, notes: await ports.memories.dropNotes(tenant, run), pools: touched };
}

function lessRun(all: readonly Remembered[], run: string): { put: Remembered[]; remove: string[] } {
  const isOf = (source: { run?: string | undefined }): boolean => source.run === run;
  // A summary can't be taken apart any more.
  const isGone = ({ entry }: Remembered): boolean =>
    entry.summarizes === undefined ? entry.sources.every(isOf) : entry.sources.some(isOf);
  const remove = new Set(all.filter(isGone).map(({ entry }) => entry.id));
  const put: Remembered[] = [];
  for (const remembered of all) {
    const { entry } = remembered;
    if (remove.has(entry.id)) continue;
    const sources = entry.sources.filter((source) => !isOf(source));
    const links = entry.links.filter(({ to }) => !remove.has(to));
    const { superseded_by, ...rest } = entry;
    const stays = superseded_by !== undefined && !remove.has(superseded_by);
    const less = withoutOutcomesOf(
      { ...remembered, entry: { ...rest, sources, links, ...(stays && { superseded_by }) } },
      run,
    );
    const same =
      sources.length === entry.sources.length &&
      links.length === entry.links.length &&
      stays === (superseded_by !== undefined) &&
      less.tally?.length === remembered.tally?.length;
    if (!same) put.push(less);
  }
  return { put, remove: [...remove] };
}
