import type * as z from 'zod';
import type { AgentContext } from '../../../runtime/agent.ts';
import { PART_PHYSICS } from '../analysis/parts.ts';
import { VEHICLES, type VehicleRecord } from '../fleet/records.ts';
import type { Feedback, Part } from '../fleet/shapes.ts';
import { changeRecord, recordsOf } from '../fleet/store.ts';
import { wordRead } from '../fleet/words.ts';
import { CHANNELS } from '../messages/channels.ts';
import { messageId, say } from '../messages/say.ts';
import type { FeedbackInput, FeedbackResult } from '../task-shapes.ts';

const DAY_MS = 86_400_000;
type Result = z.output<typeof FeedbackResult>;

/**
 * Puts what was found to the case, so that it counts in the insights; a visit that nobody reported on stays unconfirmed. Garage and
 * customer may each say their part: neither takes back what the other has said.
 */
export async function processFeedback(
  { vehicle_id, booking, feedback: said, run_id }: z.output<typeof FeedbackInput>,
  ctx: AgentContext,
): Promise<Result> {
  const runId = run_id ?? ctx.runId;
  const found = said?.found;
  const result = await changeRecord(recordsOf(ctx), VEHICLES, vehicle_id, (record) => {
    const own = record?.cases.find((one) => one.run_id === runId);
    const confirmed = found ? found.worn && found.part === own?.part : (own?.confirmed ?? null);
    const answer: Result = {
      ...{ vehicle_id, confirmed, part: own?.part ?? found?.part ?? null },
      rating: said?.rating ?? null,
      sentiment: sentimentOf(said?.rating),
    };
    if (!record) return { answer };
    const cases = record.cases.map((one) => (one.run_id === runId ? { ...one, confirmed } : one));
    const days = found?.worn ? withoutOldPart(record.days, found.part, booking.ends_at) : record.days;
    // A case that was opened since has no feedback yet.
    const isOfNow = said !== null && record.booking?.booking_id === booking.booking_id;
    return { next: { ...record, cases, days, ...(isOfNow && { feedback: both(record.feedback, said) }) }, answer };
  });
  if (said) {
    const { message_id, ...feedback } = said;
    await say(ctx, CHANNELS.FEEDBACK_PROCESSED, {
      ...{
        type: 'FEEDBACK',
        id: messageId(ctx, 'processed'),
        sender: 'feedback_agent',
        receiver: 'manufacturing_system',
      },
      payload: { ...feedback, vehicle_id, booking_id: booking.booking_id },
    });
    if (message_id !== undefined) await wordRead(recordsOf(ctx), booking.booking_id, message_id);
  }
  return result;
}

const both = (before: Feedback | undefined, now: Feedback): Feedback => ({
  ...{ ...before, ...now },
  comment: now.comment || (before?.comment ?? ''),
});

const sentimentOf = (rating: number | undefined): Result['sentiment'] =>
  rating === undefined ? 'unknown' : rating >= 4 ? 'good' : rating === 3 ? 'mixed' : 'bad';

/** What was measured before the visit says nothing of the new part: else it would be called worn for weeks. */
function withoutOldPart(days: VehicleRecord['days'], part: Part, visit: string): VehicleRecord['days'] {
  const { signal } = PART_PHYSICS[part];
  const last = Math.floor(Date.parse(visit) / DAY_MS);
  return days.map((day) => (day.day <= last ? { ...day, signals: { ...day.signals, [signal]: null } } : day));
}
