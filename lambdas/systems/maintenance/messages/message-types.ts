import * as z from 'zod';
import { Priority, type PriorityLevel } from '../../../contracts/priority.ts';

/** The seed document's message types, word for word. */
export const MESSAGE_TYPES = [
  'VEHICLE_DATA',
  'ANALYSIS_REQUEST',
  'ANALYSIS_RESULT',
  'CUSTOMER_ENGAGEMENT',
  'SCHEDULING_REQUEST',
  'SCHEDULING_RESULT',
  'FEEDBACK',
  'MANUFACTURING_INSIGHT',
  'ERROR',
  'ACK',
] as const;
export const MessageType = z.enum(MESSAGE_TYPES);
export type MessageType = z.infer<typeof MessageType>;

/**
 * What a message has by default, by the seed document's list: feedback and insights are low, regular analysis and engagement
 * normal, urgent scheduling and predicted failures high, system failures and safety critical. Booking is normal until a
 * failure is predicted, see {@link priorityOfUrgency}.
 */
export const DEFAULT_PRIORITIES: Readonly<Record<MessageType, PriorityLevel>> = {
  VEHICLE_DATA: Priority.normal,
  ANALYSIS_REQUEST: Priority.normal,
  ANALYSIS_RESULT: Priority.normal,
  CUSTOMER_ENGAGEMENT: Priority.normal,
  SCHEDULING_REQUEST: Priority.normal,
  SCHEDULING_RESULT: Priority.normal,
  FEEDBACK: Priority.low,
  MANUFACTURING_INSIGHT: Priority.low,
  ERROR: Priority.critical,
  ACK: Priority.normal,
};

/** How soon a vehicle should be seen to. */
export const Urgency = z.enum(['none', 'soon', 'urgent', 'safety']);
export type Urgency = z.infer<typeof Urgency>;

const BY_URGENCY: Readonly<Record<Urgency, PriorityLevel>> = {
  none: Priority.normal,
  soon: Priority.normal,
  urgent: Priority.high,
  safety: Priority.critical,
};
/** Predicted failures and urgent scheduling are high, safety is critical. */
export const priorityOfUrgency = (urgency: Urgency): PriorityLevel => BY_URGENCY[urgency];
