import type { Journal, JournalEntry } from '../../workflow/journal.ts';
import { chainStart, entryHash } from '../../workflow/journal-chain.ts';

/** What a container knows of a journal. Only ever a starting point: each turn first reads what was appended since. */
export interface Loaded<S, E> {
  readonly id: string;
  readonly state: S;
  readonly seq: number;
  /** Time of the last entry, ms. */
  readonly at: number;
  /** Entries whose effects are not known to be carried out, documents fetched. */
  readonly owed: readonly JournalEntry<E>[];
  readonly sinceSnapshot: number;
  /** Time of the last entry that a snapshot holds, ms; 0 without one. */
  readonly snapshotAt: number;
  /** Of the last entry, where entries are chained. */
  readonly hash?: string;
}

/** `entry`: as it was appended, with its hash. */
export type Appended<E> =
  | { readonly appended: true; readonly entry: JournalEntry<E> }
  | { readonly appended: false; readonly existing: JournalEntry<E> };

/** What a journal's entries are, and how they fold into a state. */
export interface Fold<S, E> {
  /** Snapshots of another engine are not used. */
  readonly engine: number;
  fresh(id: string): S;
  evolve(state: S, events: readonly E[], at: number): S;
  snapshot(state: S): unknown;
  restore(snapshot: unknown): S;
  /** Brings events into the form in which they are journaled, and back. */
  store(events: readonly E[], state: S): Promise<readonly E[]>;
  fetch(events: readonly E[]): Promise<readonly E[]>;
  /** Events as they are hashed. Default: entries are not chained, because they are forgotten some day. */
  digested?(events: readonly E[]): Promise<readonly unknown[]>;
  /** Asked when no effect is owed and something has been appended since the last one. */
  snapshotIsDue(loaded: Loaded<S, E>): boolean;
}

const CACHED = 100;

/** Reads and appends journals, with a cache of folded states that is brought up to date before every use. */
export function createJournalStore<S, E>(journal: Journal<E>, fold: Fold<S, E>) {
  const cache = new Map<string, Loaded<S, E>>();

  function remember(loaded: Loaded<S, E>): void {
    cache.delete(loaded.id);
    cache.set(loaded.id, loaded);
    for (const oldest of cache.keys()) {
      if (cache.size <= CACHED) break;
      cache.delete(oldest);
    }
  }

  /** The state up to the last entry (rule 1: never decide on a stale cache). */
  async function load(id: string): Promise<Loaded<S, E>> {
    let loaded = cache.get(id) ?? (await fromSnapshot(id));
    for (const entry of await journal.read(id, loaded.seq)) {
      const events = await fold.fetch(entry.events);
      const hash = await chained(loaded, entry, events);
      loaded = {
        ...loaded,
        state: fold.evolve(loaded.state, events, entry.at),
        seq: entry.seq,
        at: entry.at,
        ...hash,
        owed: [...loaded.owed.filter((earlier) => earlier.seq > entry.confirmed), { ...entry, ...hash, events }],
        sinceSnapshot: loaded.sinceSnapshot + 1,
      };
    }
    remember(loaded);
    return loaded;
  }

  async function fromSnapshot(id: string): Promise<Loaded<S, E>> {
    const snapshot = await journal.readSnapshot(id);
    const unchained = fold.digested !== undefined && snapshot?.hash === undefined;
    if (snapshot?.engine !== fold.engine || unchained) {
      const start = fold.digested && { hash: chainStart(id) };
      return { id, state: fold.fresh(id), seq: 0, at: 0, owed: [], sinceSnapshot: 0, snapshotAt: 0, ...start };
    }
    const { seq, at } = snapshot;
    const hash = snapshot.hash === undefined ? {} : { hash: snapshot.hash };
    return { id, state: fold.restore(snapshot.state), seq, at, owed: [], sinceSnapshot: 0, snapshotAt: at, ...hash };
  }

  /** The hash after an entry: as it is written there, or computed for entries of writers that wrote none. */
  async function chained(loaded: Loaded<S, E>, entry: JournalEntry<E>, events: readonly E[]) {
    if (fold.digested === undefined || loaded.hash === undefined) return {};
    return { hash: entry.hash ?? entryHash(loaded.hash, entry, await fold.digested(events)) };
  }

  async function append(loaded: Loaded<S, E>, entry: JournalEntry<E>, state: S): Promise<Appended<E>> {
    const events = await fold.store(entry.events, state);
    const hash = await chained(loaded, entry, events);
    const outcome = await journal.append(loaded.id, { ...entry, ...hash, events });
    const ours = outcome.appended || outcome.existing.turnId === entry.turnId;
    if (!ours) {
      cache.delete(loaded.id);
      return outcome;
    }
    const { seq, at } = entry;
    const sealed = { ...entry, ...hash };
    const owed = [...loaded.owed, sealed];
    remember({ ...loaded, ...hash, state, seq, at, owed, sinceSnapshot: loaded.sinceSnapshot + 1 });
    return { appended: true, entry: sealed };
  }

  /** Notes whose effects have been carried out; now and then, when none is owed, keeps a snapshot. */
  async function confirm(id: string, carriedOut: readonly JournalEntry<E>[]): Promise<void> {
    const known = cache.get(id);
    if (!known) return;
    const owed = known.owed.filter((entry) => !carriedOut.some((done) => done.seq === entry.seq));
    const loaded = { ...known, owed };
    const due = owed.length === 0 && known.sinceSnapshot > 0 && fold.snapshotIsDue(loaded);
    const { seq, at, state } = loaded;
    remember(due ? { ...loaded, sinceSnapshot: 0, snapshotAt: at } : loaded);
    if (!due) return;
    const hash = loaded.hash === undefined ? {} : { hash: loaded.hash };
    const snapshot = { seq, at, confirmed: seq, engine: fold.engine, state: fold.snapshot(state), ...hash };
    await journal.writeSnapshot(id, snapshot);
  }

  return { load, append, confirm, forget: (id: string): void => void cache.delete(id) };
}

export type JournalStore<S, E> = ReturnType<typeof createJournalStore<S, E>>;
