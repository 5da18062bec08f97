import { createHash } from 'node:crypto';
import { DataError } from '../../contracts/errors.ts';
import type { MemoryEntry, MemoryLink, MemorySource, NewMemory } from '../../contracts/memory.ts';
import type { PoolAddress } from '../../runtime/memory/memory-stores.ts';
import { embedTexts } from './embed-texts.ts';
import type { MemoryPorts } from './memory-ports.ts';
import type { PoolState } from './pool-state.ts';
import type { PoolStore } from './pool-store.ts';
import type { Remembered } from './remembered.ts';

/** Entries that are remembered in one millisecond keep their order. */
const PLACES = 1_000;

export interface Remembering {
  readonly address: PoolAddress;
  readonly entries: readonly NewMemory[];
  /** The same under the same key is remembered once. */
  readonly key: string;
  /** Who, in which run. */
  readonly source: Omit<MemorySource, 'at' | 'origin' | 'outside'>;
}

/** @returns their ids, in their order. @throws DataError `no_such_memory` for a link to what is not there */
export async function remember(
  { address, entries, key, source }: Remembering,
  ports: MemoryPorts,
  pools: PoolStore,
): Promise<string[]> {
  const now = ports.clock.now();
  const { vectors } = await embedTexts(ports, entries);
  const made = entries.map((entry, place): Remembered => {
    const vector = vectors[place];
    return {
      entry: entryOf(entry, idOf(address, key, place), source, now),
      order: now * PLACES + place,
      ...(vector && ports.embedder && { vector, model: ports.embedder.model }),
    };
  });
  return pools.change(address, (state) => {
    const fresh = made.filter(({ entry }) => state.get(entry.id) === undefined);
    return { put: withLinked(state, fresh), answer: made.map(({ entry }) => entry.id) };
  });
}

/** Links one entry to another. @throws DataError `no_such_memory` */
export function linkTo(state: PoolState, from: string, link: MemoryLink): Remembered[] {
  const remembered = state.get(from);
  if (remembered === undefined) throw noSuchMemory(from);
  const { entry } = remembered;
  const known = entry.links.some(({ kind, to }) => kind === link.kind && to === link.to);
  return withLinked(state, [
    { ...remembered, entry: { ...entry, links: known ? entry.links : [...entry.links, link] } },
  ]);
}

/** What is superseded says so itself, and what is contradicted contradicts. */
function withLinked(state: PoolState, entries: readonly Remembered[]): Remembered[] {
  const changed = new Map(entries.map((each) => [each.entry.id, each]));
  for (const { entry } of entries)
    for (const { kind, to } of entry.links) {
      const other = changed.get(to) ?? state.get(to);
      if (other === undefined || to === entry.id) throw noSuchMemory(to);
      if (kind === 'supersedes') changed.set(to, { ...other, entry: { ...other.entry, superseded_by: entry.id } });
      if (kind === 'contradicts' && !other.entry.links.some((link) => link.to === entry.id)) {
        const links: MemoryLink[] = [...other.entry.links, { kind: 'contradicts', to: entry.id }];
        changed.set(to, { ...other, entry: { ...other.entry, links } });
      }
    }
  return [...changed.values()];
}

export const noSuchMemory = (id: string): DataError =>
  new DataError('no_such_memory', `there is no memory ${id} in this pool; it may have been forgotten`);

function entryOf(
  { origin, outside, at = undefined, valid_from, group, ...rest }: NewMemory,
  id: string,
  source: Remembering['source'],
  now: number,
): MemoryEntry {
  const happened = at ?? now;
  return {
    ...rest,
    ...{ id, at: happened, recorded_at: now },
    group: group ?? source.run ?? id,
    valid_from: valid_from ?? happened,
    sources: [{ ...source, ...(origin !== undefined && { origin }), ...(outside && { outside }), at: now }],
  };
}

const idOf = ({ tenant, pool }: PoolAddress, key: string, place: number): string =>
  `mem_${createHash('sha256')
    .update(JSON.stringify([tenant, pool, key, place]))
    .digest('hex')
    .slice(0, 32)}`;
