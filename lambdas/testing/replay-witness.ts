import type { FlowEvent } from '../flow/events.ts';
import { evolve as evolveFlow } from '../flow/evolve.ts';
import { restoreFlow, snapshotFlow } from '../flow/snapshot.ts';
import { FLOW_ENGINE_VERSION, type FlowState, newFlow } from '../flow/state.ts';
import type { FlowStore } from '../platform/coordinator/flows/flow-store.ts';
import type { JournalStore } from '../platform/coordinator/journal-store.ts';
import type { RunStore } from '../platform/coordinator/run-store.ts';
import type { Blobs } from '../runtime/ports.ts';
import { openDocuments } from '../workflow/documents.ts';
import type { RunEvent } from '../workflow/events.ts';
import { evolve } from '../workflow/evolve.ts';
import type { Journal } from '../workflow/journal.ts';
import { snapshotText } from '../workflow/replay.ts';
import { restoreState, snapshotState } from '../workflow/snapshot.ts';
import { ENGINE_VERSION, newRun, type RunState } from '../workflow/state.ts';

/** States kept of one run or flow, besides its last. */
const KEPT = 12;

/** Remembers what coordinators took for the state of a run or flow, so that it can be held against its journal. */
export interface ReplayWitness {
  /** The same store, watched. */
  watch(store: RunStore): RunStore;
  watchFlows(store: FlowStore): FlowStore;
  /** Runs that a coordinator has worked on. */
  runs(): string[];
  flows(): string[];
  /** What differs when the run's journal is folded from its first entry on; compared byte by byte. */
  check(runId: string, stores: { readonly journal: Journal; readonly blobs: Blobs }): Promise<string[]>;
  checkFlow(flowId: string, journal: Journal<FlowEvent>): Promise<string[]>;
}

/** How the states of one kind of journal are folded and told apart. */
interface Reading<S, E> {
  readonly engine: number;
  fresh(id: string): S;
  evolve(state: S, events: readonly E[], at: number): S;
  restore(snapshot: unknown): S;
  /** All of it, as plain JSON can carry it. */
  whole(state: S): unknown;
}

const RUNS: Reading<RunState, RunEvent> = {
  engine: ENGINE_VERSION,
  fresh: newRun,
  evolve,
  restore: restoreState,
  whole: wholeRun,
};

const FLOWS: Reading<FlowState, FlowEvent> = {
  engine: FLOW_ENGINE_VERSION,
  fresh: newFlow,
  evolve: evolveFlow,
  restore: restoreFlow,
  whole: snapshotFlow,
};

export function createReplayWitness(): ReplayWitness {
  const runs = createMemory(RUNS);
  const flows = createMemory(FLOWS);
  return {
    runs: runs.ids,
    flows: flows.ids,
    watch: (store) => ({ ...store, ...runs.watched(store) }),
    watchFlows: (store) => ({ ...store, ...flows.watched(store) }),
    check: (runId, { journal, blobs }) =>
      runs.check(runId, journal, (entries) => openDocuments(entries, (ref) => blobs.get(ref))),
    checkFlow: (flowId, journal) => flows.check(flowId, journal, async (entries) => entries),
  };
}

type Entries<E> = Awaited<ReturnType<Journal<E>['read']>>;

function createMemory<S, E>({ engine, fresh, evolve, restore, whole }: Reading<S, E>) {
  /** Id → number of an entry → states that somebody had after it. They are looked at late, when others had time to spoil them. */
  const seen = new Map<string, Map<number, S[]>>();

  function note(id: string, state: S, seq: number): void {
    const one = seen.get(id) ?? new Map<number, S[]>();
    seen.set(id, one);
    const states = one.get(seq) ?? [];
    one.set(seq, states);
    if (!states.includes(state)) states.push(state);
    const [first] = one.keys();
    if (one.size > KEPT && first !== undefined) one.delete(first);
  }

  return {
    ids: (): string[] => [...seen.keys()],

    watched: (store: JournalStore<S, E>): Pick<JournalStore<S, E>, 'load' | 'append'> => ({
      async load(id) {
        const loaded = await store.load(id);
        if (loaded.seq > 0) note(id, loaded.state, loaded.seq);
        return loaded;
      },
      async append(loaded, entry, state) {
        const outcome = await store.append(loaded, entry, state);
        if (outcome.appended) note(loaded.id, state, entry.seq);
        return outcome;
      },
    }),

    async check(
      id: string,
      journal: Journal<E>,
      open: (entries: Entries<E>) => Promise<Entries<E>>,
    ): Promise<string[]> {
      const entries = await open(await journal.read(id, 0));
      const snapshot = await journal.readSnapshot(id);
      const believed = seen.get(id) ?? new Map<number, S[]>();
      const faults: string[] = [];
      let state = fresh(id);
      for (const { seq, at, events } of entries) {
        state = evolve(state, events, at);
        const told = (believed.get(seq) ?? []).map((one) => ['the coordinator had', one] as const);
        const snapped = snapshot?.seq === seq && snapshot.engine === engine ? restore(snapshot.state) : undefined;
        const all = snapped === undefined ? told : [...told, ['the snapshot holds', snapped] as const];
        const replayed = all.length > 0 ? JSON.stringify(whole(state)) : '';
        for (const [who, had] of all) {
          const difference = differenceOf(whole(had), replayed);
          if (difference !== undefined)
            faults.push(`M: ${who} another state after entry ${seq} of ${id} than its journal says: ${difference}`);
        }
      }
      return faults;
    },
  };
}

/** What a snapshot keeps, and what it leaves to be derived. */
function wholeRun(state: RunState): unknown {
  const { indexOf, inFlight, dependents } = state;
  const atWork = [...inFlight].filter(([, count]) => count !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return [snapshotState(state), [...indexOf], atWork, dependents];
}

/** Where two documents differ. The order of their fields does not count, but nearly always it is the same. */
function differenceOf(had: unknown, replayed: string): string | undefined {
  if (JSON.stringify(had) === replayed) return undefined;
  const [one, other] = [snapshotText(had), snapshotText(JSON.parse(replayed))];
  return one === other ? undefined : firstDifference(one, other);
}

function firstDifference(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `…${one.slice(from, at + 60)}… instead of …${other.slice(from, at + 60)}…`;
}
