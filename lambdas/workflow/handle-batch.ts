import type { BatchEnded } from '../contracts/messages.ts';
import { joinBatch } from './admission.ts';
import { isAdmitted } from './state.ts';
import type { Turn } from './turn.ts';

/** Of a run that was to do the work of others, and had ended before it heard of it. */
export const NOT_LED = 'batch_not_led';

/** The run that did the work of this one has ended: so does this one, in the same way. It may be the first it hears of it. */
export function handleBatchEnded(turn: Turn, { leader, outcome }: BatchEnded): void {
  const { draft, emit } = turn;
  if (draft.phase !== 'running' || isAdmitted(draft)) return;
  if ('error' in outcome && outcome.error.code === NOT_LED) {
    leave(turn, leader);
    return;
  }
  joinBatch(turn, leader);
  if (!draft.batch || !('leader' in draft.batch) || draft.batch.leader !== leader) return;
  if ('result' in outcome) emit({ type: 'run_completed', result: outcome.result });
  else if (outcome.error.code === 'cancelled') {
    emit({ type: 'run_cancelled', reason: outcome.error.message.slice(0, 1_000), by: leader });
  } else emit({ type: 'run_failed', error: outcome.error });
}

/** It waits for another batch; should it not have heard yet that it was in this one, it will not wait for it then. */
function leave({ draft, emit }: Turn, leader: string): void {
  if (draft.leftBatches?.includes(leader)) return;
  if (draft.batch === undefined || ('leader' in draft.batch && draft.batch.leader === leader)) {
    emit({ type: 'batch_left', leader });
  }
}
