import type { MemoryEntry } from '../../contracts/memory.ts';
import type { PoolChange } from './pool-store.ts';
import type { Remembered } from './remembered.ts';
import { termsOf, wordsOf } from './retrieval/terms.ts';

/** They turn a statement round, and stop words leave them out. */
const NEGATIONS = new Set(['no', 'not', 'never', 'none', 'nobody', 'nothing', 'neither', 'nor', 'without', 'cannot']);

/**
 * Facts that say the same of the same person in the same words become one: the first, with all sources, the highest
 * confidence and all links. Order of words, stop words and endings don't matter; numbers and negations do.
 */
export function mergeEqual(all: readonly Remembered[]): Required<PoolChange> {
  const alike = new Map<string, Remembered[]>();
  for (const remembered of all) {
    const { kind, superseded_by, data } = remembered.entry;
    if (kind !== 'semantic' || superseded_by !== undefined || data !== undefined) continue;
    const sense = senseOf(remembered.entry);
    alike.set(sense, [...(alike.get(sense) ?? []), remembered]);
  }
  const becomes = new Map<string, string>();
  const put: Remembered[] = [];
  for (const same of alike.values()) {
    const [first, ...others] = same.sort((a, b) => a.order - b.order);
    if (first === undefined || others.length === 0) continue;
    for (const { entry } of others) becomes.set(entry.id, first.entry.id);
    put.push({
      ...first,
      entry: merged(
        first.entry,
        others.map(({ entry }) => entry),
      ),
    });
  }
  return { put: repointed(all, put, becomes), remove: [...becomes.keys()] };
}

/** What came from outside says nothing for what did not, and does not make it doubtful. */
function senseOf({ text, subject, valid_until, sources }: MemoryEntry): string {
  const negations = wordsOf(text).filter((word) => NEGATIONS.has(word) || word.endsWith("n't"));
  const outside = sources.some((source) => source.outside);
  return JSON.stringify([[...new Set(termsOf(text))].sort(), negations.length % 2, subject, valid_until, outside]);
}

function merged(first: MemoryEntry, others: readonly MemoryEntry[]): MemoryEntry {
  const all = [first, ...others];
  const own = new Set(all.map(({ id }) => id));
  const links = new Map(
    all
      .flatMap((entry) => entry.links.filter(({ to }) => !own.has(to)))
      .map((link) => [`${link.kind} ${link.to}`, link]),
  );
  return {
    ...first,
    confidence: Math.max(...all.map(({ confidence }) => confidence)),
    valid_from: Math.min(...all.map(({ valid_from }) => valid_from)),
    sources: all.flatMap(({ sources }) => sources),
    links: [...links.values()].slice(0, 20),
  };
}

/** What pointed to an entry that was merged into another points to that. */
function repointed(
  all: readonly Remembered[],
  put: readonly Remembered[],
  becomes: ReadonlyMap<string, string>,
): Remembered[] {
  const changed = new Map(put.map((each) => [each.entry.id, each]));
  if (becomes.size === 0) return [];
  for (const original of all) {
    const { id } = original.entry;
    const remembered = changed.get(id) ?? original;
    if (becomes.has(id)) continue;
    const { entry } = remembered;
    const successor = entry.superseded_by === undefined ? undefined : becomes.get(entry.superseded_by);
    if (successor === undefined && !entry.links.some(({ to }) => becomes.has(to))) continue;
    const links = entry.links
      .map(({ kind, to }) => ({ kind, to: becomes.get(to) ?? to }))
      .filter(({ to }) => to !== id);
    changed.set(id, {
      ...remembered,
      entry: { ...entry, links, ...(successor !== undefined && { superseded_by: successor }) },
    });
  }
  return [...changed.values()];
}
