import * as z from 'zod';
import { VehicleRecord } from './fleet/records.ts';
import {
  Analysis,
  Booking,
  CustomerId,
  Diagnosis,
  EngagementOutcome,
  Feedback,
  Part,
  VehicleId,
} from './fleet/shapes.ts';
import { Urgency } from './messages/message-types.ts';
import { PAYLOADS } from './messages/payloads.ts';

/* Input and output of the tasks, as the workflows write them and as one agent's results reach the next. */

const Count = z.number().int().nonnegative();
const Days = VehicleRecord.shape.days;

/** A vehicle's message, or a look at what is known of it already. */
export const IntakeInput = z.strictObject({
  message_id: z.string().min(1).max(128),
  vehicle_id: VehicleId,
  said_at: z.iso.datetime({ offset: true }).optional().describe('When the message was said'),
  data: PAYLOADS.VEHICLE_DATA.optional(),
});
export const IntakeResult = z.object({
  vehicle_id: VehicleId,
  taken: Count.describe('Readings that are new'),
  issues: z.record(z.string(), Count),
  days: Days,
});

export const AnalyseInput = z.strictObject({ vehicle_id: VehicleId, days: Days });
export const DiagnoseInput = z.strictObject({ analysis: Analysis, days: Days });

export const DecideInput = z.strictObject({ vehicle_id: VehicleId, analysis: Analysis, diagnosis: Diagnosis });
export const DecideResult = z.object({
  act: z.boolean(),
  why: z.string(),
  urgency: Urgency,
  customer_id: CustomerId.nullable(),
});

export const EngageInput = z.strictObject({
  vehicle_id: VehicleId,
  customer_id: CustomerId.nullable(),
  diagnosis: Diagnosis,
});
export const EngageResult = z.object({
  outcome: EngagementOutcome,
  contacts: Count,
  engagement_id: z.string(),
  comment: z.string(),
});

export const ArrangeInput = z.strictObject({ vehicle_id: VehicleId, diagnosis: Diagnosis, outcome: EngagementOutcome });
export const ArrangeResult = z.object({ book: z.boolean() });

export const ScheduleInput = z.strictObject({ vehicle_id: VehicleId, diagnosis: Diagnosis });
export const ScheduleResult = z.object({ booking: Booking.nullable(), reason: z.string() });
export const CancelInput = z.strictObject({ booking: Booking.nullable() });
export const CancelResult = z.object({ cancelled: z.boolean() });

export const FeedbackInput = z.strictObject({
  vehicle_id: VehicleId,
  booking: Booking.pick({ booking_id: true, ends_at: true }),
  feedback: Feedback.extend({ message_id: z.string().max(128).optional() }).nullable(),
  run_id: z.string().max(128).optional().describe('Of the case; default: the run itself'),
});
export const FeedbackResult = z.object({
  vehicle_id: VehicleId,
  part: Part.nullable(),
  confirmed: z.boolean().nullable(),
  rating: z.number().nullable(),
  sentiment: z.enum(['good', 'mixed', 'bad', 'unknown']),
});

export const ConcludeInput = z.strictObject({ vehicle_id: VehicleId, stage: z.string().max(64) });
export const ConcludeResult = z.object({ stage: z.string() });

export const InsightsResult = PAYLOADS.MANUFACTURING_INSIGHT.extend({ vehicles: Count, cases: Count });
