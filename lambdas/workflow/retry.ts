import type { ErrorReport } from '../contracts/errors.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../contracts/retry-policy.ts';
import type { TaskDefinition } from '../contracts/workflow-definition.ts';

export type FullRetryPolicy = typeof DEFAULT_RETRY;

/** The task's own policy over the agent's over the default, field by field. */
export function retryPolicyOf(task: TaskDefinition, agent: RetryPolicy | undefined): FullRetryPolicy {
  const pick = (field: keyof FullRetryPolicy): number => task.retry?.[field] ?? agent?.[field] ?? DEFAULT_RETRY[field];
  return {
    maxAttempts: pick('maxAttempts'),
    intervalSeconds: pick('intervalSeconds'),
    backoffRate: pick('backoffRate'),
    maxDelaySeconds: pick('maxDelaySeconds'),
  };
}

/** Data errors and permanent ones gain nothing from another try. */
export function isRetryable(error: ErrorReport): boolean {
  return error.class === 'recoverable' || error.class === 'system';
}

/**
 * Milliseconds to wait before attempt `failed + 1`: a random time up to the exponential ceiling, so that tasks which
 * failed together do not come back together ("full jitter": Brooker, Exponential Backoff and Jitter, AWS 2015).
 * @param failed number of the attempt that failed, from 1
 * @param random in [0, 1)
 */
export function backoffMs(policy: FullRetryPolicy, failed: number, random: number): number {
  const ceiling = Math.min(policy.maxDelaySeconds, policy.intervalSeconds * policy.backoffRate ** (failed - 1));
  return Math.round(random * ceiling * 1_000);
}
