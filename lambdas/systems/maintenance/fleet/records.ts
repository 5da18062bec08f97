import * as z from 'zod';
import {
  Analysis,
  Booking,
  Customer,
  CustomerId,
  Diagnosis,
  EngagementOutcome,
  Feedback,
  Part,
  SIGNALS,
  Vehicle,
} from './shapes.ts';

const Instant = z.iso.datetime();

const Day = z.object({
  day: z.number().int(),
  odometer: z.number().nullable(),
  signals: z.partialRecord(z.enum(SIGNALS), z.number().nullable()),
});

/** A worn part that was predicted, and what the garage found. */
const Case = z.object({
  run_id: z.string(),
  part: Part,
  at: Instant,
  confirmed: z.boolean().nullable().describe('Null until the garage has said'),
});

/** A vehicle as the agents know it. */
export const VehicleRecord = z.object({
  vehicle: Vehicle,
  customer_id: CustomerId.nullable(),
  days: z.array(Day).describe('As its sensors have told them'),
  /** Messages that were taken, the newest last: the same again changes nothing. */
  messages: z.array(z.string()),
  analysis: Analysis.optional(),
  diagnosis: Diagnosis.optional(),
  /** The run that sees to it; a vehicle has one at a time. */
  open_run: z.string().optional(),
  stage: z.string().optional().describe('How far that run is, in a word'),
  outcome: EngagementOutcome.optional(),
  booking: Booking.optional(),
  feedback: Feedback.optional(),
  cases: z.array(Case),
  updated_at: Instant,
});
export type VehicleRecord = z.infer<typeof VehicleRecord>;
export const VEHICLES = { prefix: 'vehicles', schema: VehicleRecord } as const;

/** Who is written to, and when that was done. */
export const CustomerRecord = z.object({
  customer: Customer,
  contacted_at: z.array(Instant),
  said_at: z.iso.datetime({ offset: true }).optional().describe('When that was said of the customer which stands here'),
});
export const CUSTOMERS = { prefix: 'customers', schema: CustomerRecord } as const;

/** Whose an engagement or a booking is, for what comes from outside and names nothing else. */
const Pointer = z.object({ run_id: z.string(), vehicle_id: z.string() });
/** An engagement, with what was written to the customer. */
export const EngagementRecord = Pointer.extend({
  letters: z.array(z.object({ number: z.number().int(), at: Instant, content: z.string() })),
});
export const ENGAGEMENTS = { prefix: 'engagements', schema: EngagementRecord } as const;
export const BOOKINGS = { prefix: 'bookings', schema: Pointer.extend({ ends_at: Instant }) } as const;
