import type * as z from 'zod';
import type { AgentContext } from '../../../runtime/agent.ts';
import { PART_PHYSICS } from '../analysis/parts.ts';
import { VEHICLES, type VehicleRecord } from '../fleet/records.ts';
import type { Part } from '../fleet/shapes.ts';
import { changeRecord, recordsOf } from '../fleet/store.ts';
import { CHANNELS } from '../messages/channels.ts';
import { messageId, say } from '../messages/say.ts';
import type { FeedbackInput, FeedbackResult } from '../task-shapes.ts';

const DAY_MS = 86_400_000;
type Result = z.output<typeof FeedbackResult>;

/** Puts what was found to the case, so that it counts in the insights; a visit that nobody reported on stays unconfirmed. */
export async function processFeedback(
  { vehicle_id, booking, feedback }: z.output<typeof FeedbackInput>,
  ctx: AgentContext,
): Promise<Result> {
  const found = feedback?.found;
  const result = await changeRecord(recordsOf(ctx), VEHICLES, vehicle_id, (record) => {
    const own = record?.cases.find(({ run_id }) => run_id === ctx.runId);
    const confirmed = found ? found.worn && found.part === own?.part : null;
    const answer: Result = {
      ...{ vehicle_id, confirmed, part: own?.part ?? found?.part ?? null },
      rating: feedback?.rating ?? null,
      sentiment: sentimentOf(feedback?.rating),
    };
    if (!record) return { answer };
    const cases = record.cases.map((one) => (one.run_id === ctx.runId ? { ...one, confirmed } : one));
    const days = found?.worn ? withoutOldPart(record.days, found.part, booking.ends_at) : record.days;
    return { next: { ...record, cases, days, ...(feedback && { feedback }) }, answer };
  });
  if (feedback)
    await say(ctx, CHANNELS.FEEDBACK_PROCESSED, {
      ...{
        type: 'FEEDBACK',
        id: messageId(ctx, 'processed'),
        sender: 'feedback_agent',
        receiver: 'manufacturing_system',
      },
      payload: { ...feedback, vehicle_id, booking_id: booking.booking_id },
    });
  return result;
}

const sentimentOf = (rating: number | undefined): Result['sentiment'] =>
  rating === undefined ? 'unknown' : rating >= 4 ? 'good' : rating === 3 ? 'mixed' : 'bad';

/** What was measured before the visit says nothing of the new part: else it would be called worn for weeks. */
function withoutOldPart(days: VehicleRecord['days'], part: Part, visit: string): VehicleRecord['days'] {
  const { signal } = PART_PHYSICS[part];
  const last = Math.floor(Date.parse(visit) / DAY_MS);
  return days.map((day) => (day.day <= last ? { ...day, signals: { ...day.signals, [signal]: null } } : day));
}
