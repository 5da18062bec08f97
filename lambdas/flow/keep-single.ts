import { grantPermits } from './grant-permits.ts';
import { type Claim, type FlowState, heldBy, waitingIn } from './state.ts';
import { type FlowTurn, MOST_RUNS_PER_TURN } from './turn.ts';

type Entry = readonly [run: string, claim: Claim];

/** One at a time; `mode` says what becomes of those who come meanwhile. */
export function keepSingle(turn: FlowTurn, mode: 'wait' | 'skip' | 'cancel'): boolean {
  if (mode === 'cancel') return replaceHolder(turn);
  grantPermits(turn);
  return mode === 'skip' && refuseOthers(turn);
}

function refuseOthers({ draft, emit }: FlowTurn): boolean {
  const [holder] = holderOf(draft) ?? [];
  if (holder === undefined) return false;
  const waiting = contenders(draft);
  for (const [run] of waiting.slice(0, MOST_RUNS_PER_TURN)) {
    const reason = `run ${holder} with the same key is at work`;
    emit({ type: 'claim_refused', run, refusal: { code: 'singleton_busy', reason, by: holder } });
  }
  return waiting.length > MOST_RUNS_PER_TURN;
}

/** The newest takes the place of whoever holds it, once that one has ended. */
function replaceHolder(turn: FlowTurn): boolean {
  const { draft, emit } = turn;
  const holder = holderOf(draft);
  const unfinished = supersede(turn, holder);
  const [newest] = contenders(draft);
  if (newest === undefined || unfinished) return unfinished;
  if (holder === undefined) return grantPermits(turn);
  const [run, { cancelled }] = holder;
  if (!cancelled) emit({ type: 'holder_cancelled', run, by: newest[0] });
  return false;
}

/**
 * Of those that wait only the newest still counts, if it is newer than the holder. True when there are more than fit into
 * a turn.
 */
export function supersede({ draft, emit }: FlowTurn, holder?: Entry): boolean {
  const waiting = contenders(draft);
  const newest = newestOf(holder ? [holder, ...waiting] : waiting);
  const older = waiting.filter(([run]) => run !== newest);
  for (const [run] of older.slice(0, MOST_RUNS_PER_TURN)) {
    const refusal = { code: 'superseded', reason: `superseded by run ${newest}`, ...(newest && { by: newest }) };
    emit({ type: 'claim_refused', run, refusal });
  }
  return older.length > MOST_RUNS_PER_TURN;
}

/** By when they asked, not by when that came: an old message must not end what is newer. */
function newestOf(entries: readonly Entry[]): string | undefined {
  let newest: Entry | undefined;
  for (const entry of entries) if (!newest || entry[1].since >= newest[1].since) newest = entry;
  return newest?.[0];
}

/** Whoever has one needs no other. */
function contenders(state: FlowState): Entry[] {
  return waitingIn(state).filter(([, claim]) => heldBy(claim) === 0);
}

function holderOf({ claims }: FlowState): Entry | undefined {
  for (const entry of claims) if (heldBy(entry[1]) > 0) return entry;
  return undefined;
}
