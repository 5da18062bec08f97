import * as z from 'zod';

/** How urgent a message is, as in the seed documents: 1 low, 2 normal, 3 high, 4 critical. */
export const Priority = { low: 1, normal: 2, high: 3, critical: 4 } as const;
export const PriorityLevel = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);
export type PriorityLevel = z.infer<typeof PriorityLevel>;

/** One of an agent's two inbox queues: high and critical work must not wait behind the rest. */
export type Lane = 'express' | 'standard';

export function laneOf(priority: PriorityLevel): Lane {
  return priority >= Priority.high ? 'express' : 'standard';
}
