import * as z from 'zod';
import { DEFAULTS } from './limits.ts';

/** Exponential backoff with full jitter: wait a random time up to min(maxDelay, interval · rate^(attempt-1)). */
export const RetryPolicy = z.strictObject({
  maxAttempts: z.number().int().min(1).max(20).optional().describe('Default 3'),
  intervalSeconds: z.number().min(0).max(3_600).optional().describe('Default 1'),
  backoffRate: z.number().min(1).max(10).optional().describe('Default 2'),
  maxDelaySeconds: z.number().min(0).max(86_400).optional().describe('Default 300'),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;
export const DEFAULT_RETRY: { [K in keyof Required<RetryPolicy>]: number } = {
  maxAttempts: DEFAULTS.attempts,
  intervalSeconds: 1,
  backoffRate: 2,
  maxDelaySeconds: 300,
};
