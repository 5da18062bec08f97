import type { FlowRule } from '../contracts/flow-control.ts';
import { type Claim, capacityOf, heldBy } from './state.ts';
import { type FlowTurn, MOST_RUNS_PER_TURN } from './turn.ts';

/** After so long without a word, a run that holds something is asked what it holds. */
const SILENCE_MS = 300_000;
/** Each check that brings nothing new doubles the time to the next, so many times. */
const MOST_DOUBLINGS = 4;
/** What a run holds is free when so many checks have gone unanswered and its time has been over for so long. */
const CHECKS_BEFORE_EXPIRY = 2;
const EXPIRY_GRACE_MS = 600_000;

/**
 * Asks those of which nothing was heard for long, and whose time is over. Permits are leases: a run that can't answer
 * any more does not keep them for ever. True when there are more than fit into a turn.
 */
export function checkClaims({ draft, gate: { rule }, now, emit }: FlowTurn): boolean {
  const expired: string[] = [];
  const silent: string[] = [];
  for (const [run, claim] of draft.claims) {
    if (nextLookAt(claim, rule) > now) continue;
    const over = now >= claim.expires + EXPIRY_GRACE_MS && claim.unanswered >= CHECKS_BEFORE_EXPIRY;
    (over ? expired : silent).push(run);
  }
  if (expired.length > 0) emit({ type: 'claims_expired', runs: expired.slice(0, MOST_RUNS_PER_TURN) });
  if (silent.length > 0) emit({ type: 'claims_checked', runs: silent.slice(0, MOST_RUNS_PER_TURN) });
  return expired.length > MOST_RUNS_PER_TURN || silent.length > MOST_RUNS_PER_TURN;
}

/** When a claim is next looked at. */
export function nextLookAt(claim: Claim, rule: FlowRule): number {
  const last = Math.max(claim.heard, claim.checked ?? 0);
  const later = last + SILENCE_MS * 2 ** Math.min(claim.quiet, MOST_DOUBLINGS);
  if (claim.expires <= last) return later;
  const holds = capacityOf(rule) !== undefined && heldBy(claim) > 0;
  return holds || claim.refused || claim.doubted ? Math.min(later, claim.expires) : claim.expires;
}
