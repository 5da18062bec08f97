import { grantPermits } from './grant-permits.ts';
import { type FlowState, heldBy, waitingIn } from './state.ts';
import { type FlowTurn, MOST_RUNS_PER_TURN } from './turn.ts';

/** One at a time; `mode` says what becomes of those who come meanwhile. */
export function keepSingle(turn: FlowTurn, mode: 'wait' | 'skip' | 'cancel'): boolean {
  if (mode === 'cancel') return replaceHolder(turn);
  grantPermits(turn);
  return mode === 'skip' && refuseOthers(turn);
}

function refuseOthers({ draft, emit }: FlowTurn): boolean {
  const holder = holderOf(draft);
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
  const unfinished = supersede(turn);
  const newest = contenders(draft).at(-1)?.[0];
  const holder = holderOf(draft);
  if (newest === undefined || unfinished) return unfinished;
  if (holder === undefined) return grantPermits(turn);
  if (!draft.claims.get(holder)?.cancelled) emit({ type: 'holder_cancelled', run: holder, by: newest });
  return false;
}

/** Of those that wait only the newest still counts. True when there are more than fit into a turn. */
export function supersede({ draft, emit }: FlowTurn): boolean {
  const waiting = contenders(draft);
  const newest = waiting.at(-1)?.[0];
  const older = waiting.slice(0, -1);
  for (const [run] of older.slice(0, MOST_RUNS_PER_TURN)) {
    const refusal = { code: 'superseded', reason: `superseded by run ${newest}`, ...(newest && { by: newest }) };
    emit({ type: 'claim_refused', run, refusal });
  }
  return older.length > MOST_RUNS_PER_TURN;
}

/** Whoever has one needs no other. */
function contenders(state: FlowState): ReturnType<typeof waitingIn> {
  return waitingIn(state).filter(([, claim]) => heldBy(claim) === 0);
}

function holderOf({ claims }: FlowState): string | undefined {
  for (const [run, claim] of claims) if (heldBy(claim) > 0) return run;
  return undefined;
}
