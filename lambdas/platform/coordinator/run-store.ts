import type { Blobs } from '../../runtime/ports.ts';
import { evolve } from '../../workflow/evolve.ts';
import type { AppendOutcome, Journal, JournalEntry } from '../../workflow/journal.ts';
import { restoreState, snapshotState } from '../../workflow/snapshot.ts';
import { ENGINE_VERSION, newRun, type RunState } from '../../workflow/state.ts';
import { fetchDocuments, storeDocuments } from './documents.ts';

/** A run as this container knows it. Only ever a starting point: each turn first reads what was appended since. */
export interface LoadedRun {
  readonly state: RunState;
  readonly seq: number;
  /** Time of the last entry, ms. */
  readonly at: number;
  /** Entries whose effects are not known to be carried out, documents fetched. */
  readonly owed: readonly JournalEntry[];
  readonly sinceSnapshot: number;
}

const CACHED_RUNS = 100;
/**
 * A snapshot costs as much as the whole state, reading on costs a little per entry: the larger the run, the rarer.
 */
const snapshotIsDue = (run: LoadedRun): boolean => run.sinceSnapshot >= 50 + run.state.tasks.length / 50;

/** Reads and appends runs, with a cache of folded states that is brought up to date before every use. */
export function createRunStore(journal: Journal, blobs: Blobs) {
  const cache = new Map<string, LoadedRun>();

  function remember(run: LoadedRun): void {
    cache.delete(run.state.runId);
    cache.set(run.state.runId, run);
    for (const oldest of cache.keys()) {
      if (cache.size <= CACHED_RUNS) break;
      cache.delete(oldest);
    }
  }

  /** The run up to its last entry (rule 1: never decide on a stale cache). */
  async function load(runId: string): Promise<LoadedRun> {
    let run = cache.get(runId) ?? (await fromSnapshot(runId));
    for (const entry of await journal.read(runId, run.seq)) {
      const events = await fetchDocuments(entry.events, blobs);
      const fetched = { ...entry, events };
      run = {
        state: evolve(run.state, events, entry.at),
        seq: entry.seq,
        at: entry.at,
        owed: [...run.owed.filter((earlier) => earlier.seq > entry.confirmed), fetched],
        sinceSnapshot: run.sinceSnapshot + 1,
      };
    }
    remember(run);
    return run;
  }

  async function fromSnapshot(runId: string): Promise<LoadedRun> {
    const snapshot = await journal.readSnapshot(runId);
    if (snapshot?.engine !== ENGINE_VERSION) {
      return { state: newRun(runId), seq: 0, at: 0, owed: [], sinceSnapshot: 0 };
    }
    return { state: restoreState(snapshot.state), seq: snapshot.seq, at: snapshot.at, owed: [], sinceSnapshot: 0 };
  }

  async function append(run: LoadedRun, entry: JournalEntry, state: RunState): Promise<AppendOutcome> {
    const events = await storeDocuments(entry.events, state.request.tenant, blobs);
    const outcome = await journal.append(run.state.runId, { ...entry, events });
    const ours = outcome.appended || outcome.existing.turnId === entry.turnId;
    if (!ours) {
      cache.delete(run.state.runId);
      return outcome;
    }
    const { seq, at } = entry;
    remember({ state, seq, at, owed: [...run.owed, entry], sinceSnapshot: run.sinceSnapshot + 1 });
    return { appended: true };
  }

  /** Notes whose effects have been carried out; now and then, when none is owed, keeps a snapshot. */
  async function confirm(runId: string, carriedOut: readonly JournalEntry[]): Promise<void> {
    const run = cache.get(runId);
    if (!run) return;
    const owed = run.owed.filter((entry) => !carriedOut.some((done) => done.seq === entry.seq));
    const due = snapshotIsDue(run) && owed.length === 0;
    remember({ ...run, owed, sinceSnapshot: due ? 0 : run.sinceSnapshot });
    if (!due) return;
    const { seq, at, state } = run;
    await journal.writeSnapshot(runId, {
      seq,
      at,
      confirmed: seq,
      engine: ENGINE_VERSION,
      state: snapshotState(state),
    });
  }

  return { load, append, confirm, forget: (runId: string): void => void cache.delete(runId) };
}

export type RunStore = ReturnType<typeof createRunStore>;
