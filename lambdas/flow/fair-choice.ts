import { AGEING_SECONDS } from '../contracts/flow-control.ts';
import type { FlowEvent } from './events.ts';
import { type Heap, heapOf } from './heap.ts';
import { type FlowState, heldBy, waitingIn, waitingOf } from './state.ts';

/** A run in line, and what the choice has made of it so far. */
export interface Candidate {
  readonly run: string;
  readonly tenant: string;
  readonly workflow: string;
  /** Priority, and what waiting is worth beside it. */
  readonly level: number;
  readonly held: number;
  /** Since when it waits, or was last served. */
  readonly from: number;
  readonly waiting: number;
  /** Flow's clock: since when it is in line. */
  readonly waitsFrom: number;
  /** In the order in which they came. */
  readonly place: number;
}

interface Lane {
  readonly line: Heap<Candidate>;
  /** In virtual time. */
  finish: number;
  served: boolean;
}

/**
 * So many permits a tenant may be behind the others: who comes with little work after a pause gets it done as if alone,
 * however much others have waiting. Whoever wants more than that shares evenly from there on, and gains nothing by pausing.
 */
export const HEAD_START = 16;

/** Whose turn it is, permit by permit. */
export interface FairChoice {
  /** Who is next; undefined: nobody waits. */
  next(): Candidate | undefined;
  /** The one that is next gets a permit; it may be next again. */
  serve(): void;
  /** Where the turns of tenants that share the flow stand now. */
  turns(): Pick<Extract<FlowEvent, { type: 'permits_granted' }>, 'turns'>;
}

/**
 * Chooses among those that wait. Tenants take turns by start-time fair queueing (Goyal, Vin, Cheng 1996): each permit
 * advances its tenant's turn by one, and one that was idle saves up no more than HEAD_START. Within a tenant: the
 * highest priority, one level more for every AGEING_SECONDS without a permit, so that low never starves; then the run
 * that holds fewest; then the one that has gone longest without.
 */
export function fairChoice(state: FlowState, now: number): FairChoice {
  const lanes = new Map<string, Lane>();
  let { virtual } = state;
  for (const [place, [run, claim]] of waitingIn(state).entries()) {
    const { tenant, workflow, priority } = claim.claimant;
    const lane = lanes.get(tenant) ?? { line: heapOf(before), finish: state.finish[tenant] ?? 0, served: false };
    lanes.set(tenant, lane);
    const from = Math.max(claim.since, claim.served ?? 0);
    const level = priority + Math.max(0, Math.floor((now - from) / (AGEING_SECONDS * 1_000)));
    const held = heldBy(claim);
    const waiting = waitingOf(claim);
    lane.line.add({ run, tenant, workflow, level, held, from, waiting, waitsFrom: claim.waitsFrom, place });
  }

  const startOf = ({ finish }: Lane): number => Math.max(virtual - HEAD_START, finish);
  function nextLane(): { lane: Lane; head: Candidate } | undefined {
    let best: { lane: Lane; head: Candidate } | undefined;
    for (const lane of lanes.values()) {
      const head = lane.line.first();
      if (!head) continue;
      const sooner = best ? startOf(lane) - startOf(best.lane) : -1;
      if (!best || sooner < 0 || (sooner === 0 && before(head, best.head))) best = { lane, head };
    }
    return best;
  }

  return {
    next: () => nextLane()?.head,
    serve: () => {
      const turn = nextLane();
      if (!turn) return;
      const { lane, head } = turn;
      const start = startOf(lane);
      virtual = Math.max(virtual, start);
      lane.finish = start + 1;
      lane.served = true;
      lane.line.take();
      if (head.waiting === 1) return;
      const { level, held, waiting } = head;
      // One that was just served has not waited: its age counts anew.
      const fresh = state.claims.get(head.run)?.claimant.priority ?? level;
      lane.line.add({ ...head, level: fresh, held: held + 1, from: now, waiting: waiting - 1 });
    },
    turns: () => {
      if (state.gate?.tenant !== undefined) return {};
      const served = [...lanes].filter(([, lane]) => lane.served);
      return { turns: { virtual, finish: served.map(([tenant, { finish }]) => [tenant, finish]) } };
    },
  };
}

function before(a: Candidate, b: Candidate): boolean {
  if (a.level !== b.level) return a.level > b.level;
  if (a.held !== b.held) return a.held < b.held;
  return a.from !== b.from ? a.from < b.from : a.place < b.place;
}
