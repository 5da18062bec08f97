import * as z from 'zod';
import { Urgency } from '../messages/message-types.ts';

/** `VEH-12345`, as the seed document has it; a part of object keys, so nothing else. */
export const VehicleId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'a vehicle is named like "VEH-12345"');
export const CustomerId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'a customer is named like "CUST-001"');
const TimeZone = z.string().refine(isTimeZone, 'an IANA time zone such as "Europe/Berlin"');
/** `HH:MM`, local time. */
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is like "21:00"');

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What a vehicle is; who built which batch matters to the factory. */
export const Vehicle = z.object({
  vehicle_id: VehicleId,
  model: z.string().min(1).max(64),
  plant: z.string().min(1).max(64),
  batch: z.string().min(1).max(64),
  built: z.iso.date(),
  region: z.string().min(1).max(64).describe('Where its owner lives: which centres are near'),
});
export type Vehicle = z.infer<typeof Vehicle>;

/** Who is asked, how, and when not. Nobody is written to who has not agreed to it. */
export const Customer = z.object({
  customer_id: CustomerId,
  name: z.string().min(1).max(200),
  language: z.enum(['en', 'de']).default('en'),
  channel: z.enum(['sms', 'email', 'app']).default('app'),
  consent: z.boolean().describe('Has agreed to be written to about maintenance'),
  quiet_hours: z.object({ from: TimeOfDay, to: TimeOfDay }).default({ from: '21:00', to: '08:00' }),
  time_zone: TimeZone.default('UTC'),
});
export type Customer = z.infer<typeof Customer>;

/** A vehicle's signals and their units: the mean of a day's driving. Null or left out: the sensor said nothing. */
export const SIGNALS = [
  'coolant_temp_c',
  'ambient_temp_c',
  'load_share',
  'oil_pressure_kpa',
  'crank_voltage_v',
  'brake_pad_mm',
  'wheel_vibration_mm_s',
  'gearbox_temp_c',
] as const;
export type Signal = (typeof SIGNALS)[number];

/** Whatever is no number counts as nothing said. */
const signal = z.number().nullable().optional().catch(null);
/**
 * One day of one vehicle. Values that can't be are sorted out later, each with its reason, and signals that nobody knows are left
 * out: a reading is never refused as a whole for one of them.
 */
export const Reading = z.object({
  at: z.iso.datetime({ offset: true }).describe('End of the day that it sums up'),
  odometer_km: signal,
  signals: z.object({
    ...{ coolant_temp_c: signal, ambient_temp_c: signal, load_share: signal, oil_pressure_kpa: signal },
    ...{ crank_voltage_v: signal, brake_pad_mm: signal, wheel_vibration_mm_s: signal, gearbox_temp_c: signal },
  } satisfies Record<Signal, z.ZodType>),
});
export type Reading = z.infer<typeof Reading>;

/** Parts that wear; each has a signal that shows it, see analysis/parts.ts. */
export const PARTS = ['cooling_pump', 'battery', 'brake_pads', 'wheel_bearing', 'oil_pump', 'gearbox'] as const;
export const Part = z.enum(PARTS);
export type Part = z.infer<typeof Part>;

const Share = z.number().min(0).max(1);
/** What is expected of one part. */
export const PartOutlook = z.object({
  part: Part,
  risk: Share.describe('Probability that it fails within 14 days'),
  rul_days: z.number().nonnegative().describe('Days until it fails, as far as it can be told; at most 60'),
});
export type PartOutlook = z.infer<typeof PartOutlook>;

/** What is thought of a vehicle; `signals` explains the outlook of the part that is worst. */
export const Analysis = z.object({
  vehicle_id: VehicleId,
  model: z.enum(['learned', 'rules']).describe('Which of the two kinds of agent has said it'),
  model_version: z.string(),
  outlook: z.array(PartOutlook),
  risk: Share.describe('Of the worst part'),
  rul_days: z.number().nonnegative().describe('Of the part that fails first'),
  part: Part.nullable().describe('The worst; null when nothing could be told'),
  signals: z.array(z.object({ signal: z.string(), effect: z.number(), value: z.number().nullable() })),
  confidence: Share.describe('Share of the expected values that were there'),
  readings: z.number().int().nonnegative(),
});
export type Analysis = z.infer<typeof Analysis>;

export const Diagnosis = z.object({
  vehicle_id: VehicleId,
  part: Part.nullable(),
  urgency: Urgency,
  reason: z.string().describe('For a person: which signals, how far from what is usual, since when'),
  evidence: z.array(
    z.object({
      signal: z.string(),
      value: z.number(),
      usual: z.number(),
      limit: z.number(),
      unit: z.string(),
      direction: z.enum(['high', 'low']),
    }),
  ),
  within_days: z.number().int().nonnegative().describe('It should be seen to within so many days'),
  hours: z.number().positive().describe('Of work'),
  skill: z.string(),
  spare: z.string(),
});
export type Diagnosis = z.infer<typeof Diagnosis>;

/** How the customer has answered in the end. */
export const EngagementOutcome = z.enum(['accepted', 'declined', 'no_consent', 'silent', 'unknown_customer']);
export type EngagementOutcome = z.infer<typeof EngagementOutcome>;

export const Booking = z.object({
  booking_id: z.string(),
  vehicle_id: VehicleId,
  centre: z.string(),
  bay: z.string(),
  technician: z.string(),
  spare: z.string(),
  starts_at: z.iso.datetime(),
  ends_at: z.iso.datetime(),
});
export type Booking = z.infer<typeof Booking>;

/** What the garage or the customer says after the visit. */
export const Feedback = z.object({
  booking_id: z.string().min(1).max(128),
  rating: z.number().int().min(1).max(5).optional(),
  comment: z.string().max(2_000).default(''),
  found: z
    .object({ part: Part, worn: z.boolean() })
    .optional()
    .describe('What the garage saw: was the part worn as predicted?'),
});
export type Feedback = z.infer<typeof Feedback>;
