import type { FlowRule } from '../contracts/flow-control.ts';
import { type FlowState, waitingIn } from './state.ts';
import type { FlowTurn } from './turn.ts';

type Batch = Extract<FlowRule, { kind: 'batch' }>;

/** A turn gathers about so many runs. */
const MOST_MEMBERS = 1_000;

/** Lets full batches in, and what has come together when the time of the first is over. */
export function gatherBatches({ draft, now, emit }: FlowTurn, rule: Batch): boolean {
  let gathered = 0;
  while (gathered < MOST_MEMBERS) {
    const waiting = waitingIn(draft);
    const due = batchDueAt(draft, rule);
    const isDue = waiting.length >= rule.size || (due !== undefined && due <= now);
    const [leader, ...members] = waiting.slice(0, rule.size).map(([run]) => run);
    if (!isDue || leader === undefined) return false;
    emit({ type: 'batch_gathered', leader, members });
    gathered += 1 + members.length;
  }
  return true;
}

/** When those that have come together get in although they are not enough. */
export function batchDueAt(state: FlowState, { seconds }: Batch): number | undefined {
  const [oldest] = waitingIn(state);
  return oldest && Math.ceil(oldest[1].waitsFrom + seconds * 1_000);
}
