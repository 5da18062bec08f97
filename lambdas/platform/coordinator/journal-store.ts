import type { AppendOutcome, Journal, JournalEntry } from '../../workflow/journal.ts';

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
}

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
      loaded = {
        ...loaded,
        state: fold.evolve(loaded.state, events, entry.at),
        seq: entry.seq,
        at: entry.at,
        owed: [...loaded.owed.filter((earlier) => earlier.seq > entry.confirmed), { ...entry, events }],
        sinceSnapshot: loaded.sinceSnapshot + 1,
      };
    }
    remember(loaded);
    return loaded;
  }

  async function fromSnapshot(id: string): Promise<Loaded<S, E>> {
    const snapshot = await journal.readSnapshot(id);
    if (snapshot?.engine !== fold.engine) {
      return { id, state: fold.fresh(id), seq: 0, at: 0, owed: [], sinceSnapshot: 0, snapshotAt: 0 };
    }
    const { seq, at } = snapshot;
    return { id, state: fold.restore(snapshot.state), seq, at, owed: [], sinceSnapshot: 0, snapshotAt: at };
  }

  async function append(loaded: Loaded<S, E>, entry: JournalEntry<E>, state: S): Promise<AppendOutcome<E>> {
    const events = await fold.store(entry.events, state);
    const outcome = await journal.append(loaded.id, { ...entry, events });
    const ours = outcome.appended || outcome.existing.turnId === entry.turnId;
    if (!ours) {
      cache.delete(loaded.id);
      return outcome;
    }
    const { seq, at } = entry;
    remember({ ...loaded, state, seq, at, owed: [...loaded.owed, entry], sinceSnapshot: loaded.sinceSnapshot + 1 });
    return { appended: true };
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
    await journal.writeSnapshot(id, { seq, at, confirmed: seq, engine: fold.engine, state: fold.snapshot(state) });
  }

  return { load, append, confirm, forget: (id: string): void => void cache.delete(id) };
}

export type JournalStore<S, E> = ReturnType<typeof createJournalStore<S, E>>;
