import type { ResultValue } from '../../contracts/blob.ts';
import type { ChildEnded, DecideTask, DeliverEvent, StatusUpdate } from '../../contracts/messages.ts';
import type { Blobs } from '../../runtime/ports.ts';
import { answerOf } from '../../workflow/handle-decision.ts';
import type { TurnInput } from '../../workflow/turn.ts';
import { fitsInline, storeResult } from './open-results.ts';

/**
 * Whatever a message brings that becomes a result goes to the blob bucket where it is large, whoever sent it: the journal
 * keeps only where it lies (rule 12).
 */
async function small(result: ResultValue, tenant: string, blobs: Blobs): Promise<ResultValue> {
  return 'ref' in result ? result : storeResult(result.value, tenant, blobs);
}

const isLarge = (result: ResultValue): boolean => 'value' in result && !fitsInline(result.value);

/** An agent's report; those of Muster's own runtime have stored their results already. */
export async function smallUpdates(report: StatusUpdate, tenant: string, blobs: Blobs): Promise<StatusUpdate> {
  if (!report.updates.some((update) => update.status === 'completed' && isLarge(update.result))) return report;
  const updates = report.updates.map(async (update) =>
    update.status === 'completed' ? { ...update, result: await small(update.result, tenant, blobs) } : update,
  );
  return { ...report, updates: await Promise.all(updates) };
}

export async function smallPayload(event: DeliverEvent, tenant: string, blobs: Blobs): Promise<DeliverEvent> {
  return { ...event, payload: await small(event.payload, tenant, blobs) };
}

/** A sub-workflow's result travels inline up to the size of a message. */
export async function smallOutcome(ended: ChildEnded, tenant: string, blobs: Blobs): Promise<ChildEnded> {
  const { outcome } = ended;
  return 'error' in outcome ? ended : { ...ended, outcome: { result: await small(outcome.result, tenant, blobs) } };
}

export async function smallDecision(
  { value, ...decision }: DecideTask,
  tenant: string,
  blobs: Blobs,
): Promise<Extract<TurnInput, { type: 'decide_task' }>['payload']> {
  const answer = await storeResult(answerOf(decision), tenant, blobs);
  const own = value === undefined ? {} : { value: await storeResult(value, tenant, blobs) };
  return { ...decision, ...own, ...('ref' in answer && { answer }) };
}
