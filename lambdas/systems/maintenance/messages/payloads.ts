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
  Reading,
  Vehicle,
  VehicleId,
} from '../fleet/shapes.ts';
import { type MessageType, Urgency } from './message-types.ts';

/** Most readings of one message: two months of days. */
const MOST_READINGS = 62;

/** What is to be looked at: a vehicle, the whole fleet, or the agents themselves (each then says how it is). */
const AnalysisScope = z.discriminatedUnion('scope', [
  z.object({
    scope: z.literal('vehicle'),
    vehicle_id: VehicleId,
    readings: z.number().int().nonnegative().optional(),
    task: z.string().optional().describe('The task of the run by which the work itself comes'),
  }),
  z.object({ scope: z.literal('fleet') }),
  z.object({ scope: z.literal('agents') }),
]);

/** What each type of message carries, beside the vehicle that it is about. */
export const PAYLOADS = {
  VEHICLE_DATA: z.object({
    vehicle_id: VehicleId,
    customer_id: CustomerId.optional(),
    vehicle: Vehicle,
    customer: Customer.optional(),
    sensor_data: z.array(Reading).max(MOST_READINGS),
  }),
  ANALYSIS_REQUEST: AnalysisScope,
  ANALYSIS_RESULT: z.object({ vehicle_id: VehicleId, analysis: Analysis }),
  CUSTOMER_ENGAGEMENT: z.object({
    vehicle_id: VehicleId.optional(),
    customer_id: z.string().nullable().optional(),
    diagnosis: Diagnosis.optional(),
    outcome: EngagementOutcome.optional(),
    contacts: z.number().int().nonnegative().optional().describe('How often the customer was written to'),
    channel: z.string().optional(),
    content: z.string().optional(),
    engagement_id: z.string().max(128).optional(),
    answer: z.string().max(2_000).optional().describe('What the customer has answered, in their own words'),
    task: z.string().optional(),
  }),
  SCHEDULING_REQUEST: z.object({
    vehicle_id: VehicleId,
    part: Part,
    within_days: z.number().int().nonnegative(),
    urgency: Urgency,
    task: z.string().optional(),
  }),
  SCHEDULING_RESULT: z.object({
    vehicle_id: VehicleId,
    booking: Booking.nullable(),
    reason: z.string().describe('Why there is none; empty when there is one'),
  }),
  FEEDBACK: Feedback.extend({ vehicle_id: VehicleId.optional() }),
  MANUFACTURING_INSIGHT: z.object({
    insights: z.array(z.string()),
    recommendations: z.array(z.string()),
    affected_components: z.array(
      z.object({
        part: Part,
        group: z.string().describe('Such as "batch B-07"'),
        cases: z.number().int(),
        vehicles: z.number().int(),
        elsewhere_cases: z.number().int(),
        elsewhere_vehicles: z.number().int(),
        q: z.number().describe('Adjusted p-value: the expected share of false alarms among what is shown'),
      }),
    ),
  }),
  ERROR: z.object({
    error_code: z.string().max(128),
    error_type: z.enum(['processing', 'timeout', 'validation', 'system']),
    message: z.string().max(2_000),
    stack_trace: z.null().describe("Stays in the agent's own log: messages go to others"),
    vehicle_id: VehicleId.optional(),
    field: z.string().optional(),
  }),
  ACK: z.object({
    acknowledged_message_id: z.string(),
    status: z.enum(['received', 'duplicate', 'refused', 'unanswered', 'reported']),
    detail: z.string().max(1_000).optional(),
  }),
} as const satisfies Record<MessageType, z.ZodType>;

export type PayloadOf<T extends MessageType> = z.output<(typeof PAYLOADS)[T]>;
export type PayloadInput<T extends MessageType> = z.input<(typeof PAYLOADS)[T]>;
