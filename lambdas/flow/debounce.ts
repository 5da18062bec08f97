import type { FlowRule } from '../contracts/flow-control.ts';
import { supersede } from './keep-single.ts';
import { type FlowState, waitingIn, waitingOf } from './state.ts';
import type { FlowTurn } from './turn.ts';

type Debounce = Extract<FlowRule, { kind: 'debounce' }>;

/** Lets the newest in when it has been quiet for long enough; the others were superseded. */
export function debounce(turn: FlowTurn, rule: Debounce): boolean {
  if (supersede(turn)) return true;
  const { draft, now, emit } = turn;
  const [newest] = waitingIn(draft);
  const due = quietAt(draft, rule);
  if (!newest || due === undefined || due > now) return false;
  const [run, claim] = newest;
  emit({ type: 'permits_granted', grants: [[run, waitingOf(claim)]] });
  return false;
}

/** When the newest gets in, if nobody comes before. */
export function quietAt(state: FlowState, { seconds, atMostSeconds }: Debounce): number | undefined {
  const newest = waitingIn(state).at(-1)?.[1];
  if (!newest) return undefined;
  const quiet = newest.waitsFrom + seconds * 1_000;
  const from = state.streakFrom ?? newest.waitsFrom;
  return Math.ceil(atMostSeconds === undefined ? quiet : Math.min(quiet, from + atMostSeconds * 1_000));
}
