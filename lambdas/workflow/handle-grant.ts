import { getIn, joinBatch, refuseRun } from './admission.ts';
import { takeFree } from './gates.ts';
import { spareOf } from './permits.ts';
import { isOpen } from './state.ts';
import type { Granted, Turn } from './turn.ts';

/**
 * A flow has given permits, or says why there will be none. Its number counts from the run's beginning, so a message that
 * comes twice says nothing new; what nobody needs any more goes back at once.
 */
export function handleGrant(turn: Turn, { flow_id: id, granted, refused, batch }: Granted): void {
  const { draft, emit } = turn;
  const flow = draft.flows.get(id);
  if (!flow || !isOpen(draft)) return;
  if (refused) {
    if (flow.run === 'waits') refuseRun(turn, refused);
    return;
  }
  if (granted <= flow.granted) return;
  const returned = spareOf(draft, id, granted);
  emit({ type: 'permits_granted', flow: id, granted, ...(returned > 0 && { returned }) });
  if (flow.run === 'waits') {
    if (batch && 'leader' in batch) joinBatch(turn, batch.leader);
    else getIn(turn, id, batch);
  }
  takeFree(turn, id);
}
