import type { MemoryEntry, Recalled, RecallQuery, Recollection } from '../../contracts/memory.ts';
import { embedTexts } from './embed-texts.ts';
import { liftLinked } from './lift-linked.ts';
import type { MemoryPorts } from './memory-ports.ts';
import type { PoolState } from './pool-state.ts';
import type { PoolStore } from './pool-store.ts';
import { best, scoresOf } from './retrieval/rank.ts';
import { plainText } from './retrieval/terms.ts';

const DAY_MS = 86_400_000;
/** What counts beside how well it fits, in the units of WEIGHTS: enough to decide between two that fit alike. */
const SURE = 1;
const PROVEN = 2;
const CONTRADICTED = -0.5;
const FADES = -0.3;
const FADES_IN_DAYS = 90;
const LEAST_SURE = 0.05;

/** A pool, and the name by which the one who asks knows it. */
export interface ReadablePool {
  readonly name: string;
  readonly pool: string;
}

/** The entries that answer the question best, of all these pools. */
export async function recall(
  tenant: string,
  query: RecallQuery,
  readable: readonly ReadablePool[],
  ports: MemoryPorts,
  store: PoolStore,
): Promise<Recollection> {
  const asOf = query.as_of ?? ports.clock.now();
  const [states, { vectors, degraded }] = await Promise.all([
    Promise.all(readable.map(async ({ name, pool }) => ({ name, state: (await store.read({ tenant, pool })).state }))),
    embedTexts(ports, [{ text: query.text }]),
  ]);
  const [vector] = vectors;
  const found = states.flatMap(({ name, state }) =>
    search(state, { text: query.text, ...(vector && { vector }) }, query, asOf).map((hit) => ({ ...hit, pool: name })),
  );
  found.sort((a, b) => b.score - a.score);
  return {
    entries: found.slice(0, query.limit),
    ...(degraded && { degraded: 'embeddings_unavailable' as const }),
  };
}

function search(
  state: PoolState,
  question: { text: string; vector?: ArrayLike<number> },
  query: RecallQuery,
  asOf: number,
): Array<Omit<Recalled, 'pool'>> {
  if (state.size === 0) return [];
  const scores = scoresOf(state.index().features(question));
  liftLinked(state, scores);
  const admits = admission(state, query, asOf);
  for (let number = 0; number < scores.length; number++) {
    const entry = state.entryAt(number)?.entry;
    if (entry) scores[number] = (scores[number] ?? 0) + standing(entry, asOf);
  }
  return best(scores, query.limit, (number) => {
    const entry = state.entryAt(number)?.entry;
    return entry !== undefined && admits(entry);
  }).flatMap((number) => {
    const entry = state.entryAt(number)?.entry;
    return entry ? [{ ...entry, score: Number((scores[number] ?? 0).toFixed(4)) }] : [];
  });
}

/** What speaks for an entry whatever the question is. */
function standing({ kind, confidence, outcomes, links, at }: MemoryEntry, asOf: number): number {
  const days = Math.max(0, asOf - at) / DAY_MS;
  const { successes = 0, failures = 0 } = outcomes ?? {};
  return (
    SURE * Math.log(Math.max(confidence, LEAST_SURE)) +
    (kind === 'procedural' ? PROVEN * ((successes + 1) / (successes + failures + 2) - 0.5) : 0) +
    (links.some((link) => link.kind === 'contradicts') ? CONTRADICTED : 0) +
    (kind === 'episodic' ? FADES * Math.log2(1 + days / FADES_IN_DAYS) : 0)
  );
}

function admission(state: PoolState, query: RecallQuery, asOf: number): (entry: MemoryEntry) => boolean {
  const kinds = query.kinds && new Set(query.kinds);
  const speaker = query.speaker === undefined ? undefined : plainText(query.speaker);
  return (entry) =>
    isValid(state, entry, asOf) &&
    (kinds === undefined || kinds.has(entry.kind)) &&
    (query.since === undefined || entry.at >= query.since) &&
    (query.until === undefined || entry.at < query.until) &&
    (query.subject === undefined || entry.subject === query.subject) &&
    (speaker === undefined || (entry.speaker !== undefined && plainText(entry.speaker) === speaker)) &&
    (query.group === undefined || entry.group === query.group) &&
    (query.run === undefined || entry.sources.some(({ run }) => run === query.run)) &&
    entry.confidence >= (query.min_confidence ?? 0);
}

/** From its beginning to its end, or to when what supersedes it is valid. */
function isValid(state: PoolState, { valid_from, valid_until, superseded_by }: MemoryEntry, asOf: number): boolean {
  if (valid_from > asOf || (valid_until !== undefined && valid_until <= asOf)) return false;
  const successor = superseded_by === undefined ? undefined : state.get(superseded_by)?.entry;
  return successor === undefined || successor.valid_from > asOf;
}
