import { createHash } from 'node:crypto';
import type { MemoryEntry, MemorySource } from '../../contracts/memory.ts';
import type { PoolAddress } from '../../runtime/memory/memory-stores.ts';
import type { PoolChange } from './pool-store.ts';
import type { Remembered } from './remembered.ts';
import { termsOf, wordsOf } from './retrieval/terms.ts';

/** Episodes stay as they are for so long. */
const KEPT_DAYS = 365;
/** Fewer are not worth a summary. */
const LEAST = 8;
const WORDS = 20;
const QUOTED = 200;
const DAY_MS = 86_400_000;

/**
 * What happened long ago becomes one entry for each group: when, who, the words that it is about, how it began and how
 * it ended. Only what can be told without a model.
 */
export function summarizeOld(all: readonly Remembered[], address: PoolAddress, now: number): Required<PoolChange> {
  const groups = new Map<string, Remembered[]>();
  for (const remembered of all) {
    const { kind, group, subject, summarizes } = remembered.entry;
    if (kind !== 'episodic' || summarizes !== undefined) continue;
    const name = JSON.stringify([group, subject]);
    const members = groups.get(name) ?? [];
    members.push(remembered);
    groups.set(name, members);
  }
  const usual = termCounts(all);
  const put: Remembered[] = [];
  const remove: string[] = [];
  for (const [name, members] of groups) {
    const isOld = members.every(({ entry }) => now - Math.max(entry.at, entry.recorded_at) > KEPT_DAYS * DAY_MS);
    if (!isOld || members.length < LEAST) continue;
    put.push(summaryOf(members, `${address.tenant}#${address.pool}#${name}`, usual, all.length, now));
    remove.push(...members.map(({ entry }) => entry.id));
  }
  return { put, remove };
}

function summaryOf(
  members: readonly Remembered[],
  name: string,
  usual: ReadonlyMap<string, number>,
  total: number,
  now: number,
): Remembered {
  const entries = [...members].sort((a, b) => a.order - b.order).map(({ entry }) => entry);
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) throw new Error('a summary is of something');
  const speakers = [...new Set(entries.flatMap(({ speaker }) => speaker ?? []))];
  const about = tellingWords(entries, usual, total);
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const from = Math.min(...entries.map(({ at }) => at));
  const to = Math.max(...entries.map(({ at }) => at));
  const text = [
    `${entries.length} entries from ${day(from)} to ${day(to)}${speakers.length > 0 ? ` by ${speakers.join(', ')}` : ''}.`,
    `About: ${about.join(', ')}.`,
    `First: "${first.text.slice(0, QUOTED)}"`,
    `Last: "${last.text.slice(0, QUOTED)}"`,
  ].join(' ');
  const id = `mem_${createHash('sha256').update(`summary ${name}`).digest('hex').slice(0, 32)}`;
  const entry: MemoryEntry = {
    ...{ id, kind: 'episodic', text, group: first.group, at: to, valid_from: from, recorded_at: now, links: [] },
    confidence: Math.min(...entries.map(({ confidence }) => confidence)),
    sources: distinct(entries.flatMap(({ sources }) => sources)),
    summarizes: entries.length,
    ...(first.subject !== undefined && { subject: first.subject }),
  };
  return { entry, order: members[0]?.order ?? 0 };
}

/** The words that are frequent here and rare elsewhere, as they are written. */
function tellingWords(entries: readonly MemoryEntry[], usual: ReadonlyMap<string, number>, total: number): string[] {
  const here = new Map<string, { count: number; word: string }>();
  for (const { text } of entries)
    for (const word of wordsOf(text)) {
      const [term] = termsOf(word);
      if (term === undefined || term.length < 3) continue;
      here.set(term, { count: (here.get(term)?.count ?? 0) + 1, word: here.get(term)?.word ?? word });
    }
  return [...here]
    .map(([term, { count, word }]) => ({ word, worth: count * Math.log(1 + total / (usual.get(term) ?? 1)) }))
    .sort((a, b) => b.worth - a.worth)
    .slice(0, WORDS)
    .map(({ word }) => word);
}

function termCounts(all: readonly Remembered[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { entry } of all)
    for (const term of new Set(termsOf(entry.text))) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

function distinct(sources: readonly MemorySource[]): MemorySource[] {
  return [
    ...new Map(
      sources.map((source) => [JSON.stringify([source.run, source.agent, source.origin, source.outside]), source]),
    ).values(),
  ];
}
