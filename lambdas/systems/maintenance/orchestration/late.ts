import type { AgentContext } from '../../../runtime/agent.ts';
import { BOOKINGS, ENGAGEMENTS } from '../fleet/records.ts';
import { readRecord, recordsOf } from '../fleet/store.ts';
import { closeWords, type Word } from '../fleet/words.ts';
import { LATE_ANSWER_WORKFLOW, LATE_FEEDBACK_WORKFLOW } from '../workflows/names.ts';

type Ctx = Pick<AgentContext, 'publish' | 'bucket' | 'tenant'>;

/**
 * What nobody has read when a run reads no more, or what comes after that, becomes a run of its own: feedback counts as ever,
 * and a person reads the answer of a customer. One run for each message, however often it is asked for.
 */
export async function seeToLate(event: 'feedback' | 'customer_reply', id: string, word: Word, ctx: Ctx): Promise<void> {
  const found = event === 'feedback' ? await lateFeedback(id, word, ctx) : await lateAnswer(id, word, ctx);
  if (!found) return;
  await ctx.publish('workflow_requested', {
    ...{ ...found, request_id: `${word.message_id}/late`.slice(-128), tenant: ctx.tenant },
    correlation_id: word.correlation_id,
  });
}

async function lateFeedback(booking_id: string, { message_id, payload }: Word, ctx: Ctx) {
  const booking = await readRecord(recordsOf(ctx), BOOKINGS, booking_id);
  if (!booking) return undefined;
  const { run_id, vehicle_id, ends_at } = booking;
  const input = { vehicle_id, run_id, booking: { booking_id, ends_at }, feedback: { ...payload, message_id } };
  return { workflow: LATE_FEEDBACK_WORKFLOW, input, priority: 1 };
}

async function lateAnswer(engagement_id: string, { payload }: Word, ctx: Ctx) {
  const engagement = await readRecord(recordsOf(ctx), ENGAGEMENTS, engagement_id);
  if (!engagement) return undefined;
  const answer = typeof payload.answer === 'string' ? payload.answer : '';
  const input = { vehicle_id: engagement.vehicle_id, engagement_id, answer };
  return { workflow: LATE_ANSWER_WORKFLOW, input, priority: 2 };
}

/** A run that reads no more: what it has not read is seen to. */
export async function closeFor(event: 'feedback' | 'customer_reply', id: string, ctx: Ctx): Promise<void> {
  for (const word of await closeWords(recordsOf(ctx), id)) await seeToLate(event, id, word, ctx);
}
