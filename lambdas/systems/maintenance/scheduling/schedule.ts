import { hash } from 'node:crypto';
import type * as z from 'zod';
import type { AgentContext } from '../../../runtime/agent.ts';
import { BOOKINGS, VEHICLES } from '../fleet/records.ts';
import type { Booking } from '../fleet/shapes.ts';
import { changeRecord, readRecord, recordsOf } from '../fleet/store.ts';
import { CHANNELS } from '../messages/channels.ts';
import { priorityOfUrgency } from '../messages/message-types.ts';
import { messageId, say } from '../messages/say.ts';
import type { CancelInput, CancelResult, ScheduleInput, ScheduleResult } from '../task-shapes.ts';
import { CALENDARS, type Calendar, type Found, findVisit, type Wanted, withoutVisit, withVisit } from './calendar.ts';
import { CENTRES, type Centre } from './centres.ts';

const DAY_MS = 86_400_000;
type Result = z.output<typeof ScheduleResult>;

/** One booking per run: the same again is the same booking. */
export const bookingId = (runId: string): string => `BKG-${hash('sha256', `booking/${runId}`).slice(0, 16)}`;

/** Books the first visit that can be had: in the vehicle's region, else elsewhere. */
export async function schedule(
  { vehicle_id, diagnosis }: z.output<typeof ScheduleInput>,
  ctx: AgentContext,
  centres: readonly Centre[] = CENTRES,
): Promise<Result> {
  const records = recordsOf(ctx);
  const now = ctx.clock.now();
  const known = await readRecord(records, VEHICLES, vehicle_id);
  const region = known?.vehicle.region;
  const wanted: Wanted = {
    ...{ booking_id: bookingId(ctx.runId), vehicle_id },
    ...{ hours: diagnosis.hours, skill: diagnosis.skill, spare: diagnosis.spare },
    before: now + diagnosis.within_days * DAY_MS,
  };
  const found = await firstOf(nearest(centres, region), wanted, ctx);
  const result: Result =
    'booking' in found ? { booking: found.booking, reason: '' } : { booking: null, reason: found.none };
  if (result.booking) await note(result.booking, ctx);
  await say(ctx, CHANNELS.SCHEDULING_RESULT, {
    ...{ type: 'SCHEDULING_RESULT', id: messageId(ctx, 'result'), sender: 'scheduling_agent' },
    ...{ receiver: 'master_orchestrator', priority: priorityOfUrgency(diagnosis.urgency) },
    replyTo: `${ctx.runId}/arrange/scheduling`,
    payload: { vehicle_id, ...result },
  });
  return result;
}

const nearest = (centres: readonly Centre[], region: string | undefined): Centre[] =>
  centres.toSorted((a, b) => Number(b.region === region) - Number(a.region === region));

async function firstOf(centres: readonly Centre[], wanted: Wanted, ctx: AgentContext): Promise<Found> {
  const held = await heldBy(centres, wanted.booking_id, ctx);
  if (held) return { booking: held };
  const reasons: string[] = [];
  for (const centre of centres) {
    const found = await book(centre, wanted, ctx);
    if ('booking' in found) return found;
    reasons.push(found.none);
  }
  return { none: reasons.join('; ') };
}

/** What an earlier attempt has booked. */
async function heldBy(centres: readonly Centre[], id: string, ctx: AgentContext): Promise<Booking | undefined> {
  for (const { id: centre } of centres) {
    const calendar = await readRecord(recordsOf(ctx), CALENDARS, centre);
    const held = calendar?.bookings.find(({ booking_id }) => booking_id === id);
    if (held) return held;
  }
  return undefined;
}

/** Looks and books in one: whoever was first in between makes it look anew. */
function book(centre: Centre, wanted: Wanted, ctx: AgentContext): Promise<Found> {
  return changeRecord<typeof Calendar, Found>(recordsOf(ctx), CALENDARS, centre.id, (known = { bookings: [] }) => {
    const now = ctx.clock.now();
    // Another attempt may have booked since this one has looked.
    const held = known.bookings.find(({ booking_id }) => booking_id === wanted.booking_id);
    if (held) return { answer: { booking: held } };
    const found = findVisit(centre, known, wanted, now);
    return 'booking' in found ? { next: withVisit(known, found.booking, now), answer: found } : { answer: found };
  });
}

/** Who gives feedback knows the booking and nothing else. */
async function note(booking: Booking, ctx: AgentContext): Promise<void> {
  const { booking_id, vehicle_id, ends_at } = booking;
  const records = recordsOf(ctx);
  const pointer = { run_id: ctx.runId, vehicle_id, ends_at };
  await changeRecord(records, BOOKINGS, booking_id, () => ({ next: pointer, answer: null }));
  await changeRecord(records, VEHICLES, vehicle_id, (record) =>
    record?.open_run === ctx.runId ? { next: { ...record, booking, stage: 'booked' }, answer: null } : { answer: null },
  );
}

/** Takes a visit back, and says so; one that is not there was taken back before. */
export async function cancelBooking(
  { booking }: z.output<typeof CancelInput>,
  ctx: AgentContext,
): Promise<z.output<typeof CancelResult>> {
  if (!booking) return { cancelled: false };
  const cancelled = await changeRecord(recordsOf(ctx), CALENDARS, booking.centre, (known) => {
    if (!known?.bookings.some((one) => one.booking_id === booking.booking_id)) return { answer: false };
    return { next: withoutVisit(known, booking.booking_id), answer: true };
  });
  const { vehicle_id, booking_id } = booking;
  await say(ctx, CHANNELS.SCHEDULING_RESULT, {
    ...{ type: 'SCHEDULING_RESULT', id: messageId(ctx, 'cancelled'), sender: 'scheduling_agent' },
    ...{ receiver: 'master_orchestrator', replyTo: `${ctx.runId}/arrange/scheduling` },
    payload: { vehicle_id, booking: null, reason: `visit ${booking_id} was cancelled` },
  });
  await changeRecord(recordsOf(ctx), VEHICLES, vehicle_id, (record) => {
    if (record?.booking?.booking_id !== booking_id) return { answer: null };
    const { booking: _gone, ...rest } = record;
    return { next: { ...rest, stage: 'visit cancelled' }, answer: null };
  });
  return { cancelled };
}
