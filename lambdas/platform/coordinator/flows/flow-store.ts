import type { FlowEvent } from '../../../flow/events.ts';
import { evolve } from '../../../flow/evolve.ts';
import { restoreFlow, snapshotFlow } from '../../../flow/snapshot.ts';
import { FLOW_ENGINE_VERSION, type FlowState, newFlow } from '../../../flow/state.ts';
import type { Journal } from '../../../workflow/journal.ts';
import { createJournalStore, type JournalStore, type Loaded } from '../journal-store.ts';

export type FlowStore = JournalStore<FlowState, FlowEvent>;

const DAY_MS = 86_400_000;

/** Reads and appends flows, whose journals never end: old entries are forgotten, so snapshots must not be old. */
export function createFlowStore(journal: Journal<FlowEvent>): FlowStore {
  return createJournalStore<FlowState, FlowEvent>(journal, {
    engine: FLOW_ENGINE_VERSION,
    fresh: newFlow,
    evolve,
    snapshot: snapshotFlow,
    restore: restoreFlow,
    store: async (events) => events,
    fetch: async (events) => events,
    snapshotIsDue,
  });
}

/** The larger the rarer, but each day, and before the flow rests. */
function snapshotIsDue({ sinceSnapshot, state, at, snapshotAt }: Loaded<FlowState, FlowEvent>): boolean {
  const isDaily = snapshotAt > 0 && at - snapshotAt >= DAY_MS;
  return sinceSnapshot >= 20 + state.claims.size / 20 || state.wake === undefined || isDaily;
}
