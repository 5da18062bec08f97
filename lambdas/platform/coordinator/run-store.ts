import type { Blobs } from '../../runtime/ports.ts';
import type { RunEvent } from '../../workflow/events.ts';
import { evolve } from '../../workflow/evolve.ts';
import type { Journal } from '../../workflow/journal.ts';
import { digested } from '../../workflow/journal-chain.ts';
import { restoreState, snapshotState } from '../../workflow/snapshot.ts';
import { ENGINE_VERSION, newRun, type RunState } from '../../workflow/state.ts';
import { fetchDocuments, storeDocuments } from './documents.ts';
import { createJournalStore, type JournalStore } from './journal-store.ts';

export type RunStore = JournalStore<RunState, RunEvent>;

/** Reads and appends runs. */
export function createRunStore(journal: Journal, blobs: Blobs): RunStore {
  return createJournalStore<RunState, RunEvent>(journal, {
    engine: ENGINE_VERSION,
    fresh: newRun,
    evolve,
    snapshot: snapshotState,
    restore: restoreState,
    store: (events, state) => storeDocuments(events, state.request.tenant, blobs),
    fetch: (events) => fetchDocuments(events, blobs),
    digested: (events) => digested(events, (ref) => blobs.get(ref)),
    // A snapshot costs as much as the whole state, reading on costs a little per entry: the larger, the rarer.
    snapshotIsDue: ({ sinceSnapshot, state }) => sinceSnapshot >= 50 + state.tasks.length / 50,
  });
}
