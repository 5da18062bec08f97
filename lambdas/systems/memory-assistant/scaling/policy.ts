import { HEALTH_THRESHOLDS } from '../performance/thresholds.ts';

/** How many instances there may be, and what one is expected to bear. */
export interface ScalingPolicy {
  readonly least: number;
  readonly most: number;
  /** Messages that may wait for each instance. */
  readonly queueSize: number;
  /** Seconds that a message may take. */
  readonly seconds: number;
}
export const SCALING: ScalingPolicy = {
  ...{ least: 1, most: 4, queueSize: HEALTH_THRESHOLDS.queueSize, seconds: HEALTH_THRESHOLDS.responseSeconds },
};

/**
 * How many instances a type of agent should have: enough that nobody's queue is over its bound; one more while they are slow;
 * one less, one at a time, once the rest would have less than half of what they can bear.
 * @param queued messages that wait for all of them
 * @param seconds mean response time
 */
export function instancesFor(now: number, queued: number, seconds: number, policy: ScalingPolicy = SCALING): number {
  const { least, most, queueSize } = policy;
  const needed = Math.ceil(queued / queueSize);
  const slow = seconds > policy.seconds && queued > 0 ? now + 1 : 0;
  const idle = queued < ((now - 1) * queueSize) / 2 && seconds <= policy.seconds ? now - 1 : now;
  return Math.min(most, Math.max(least, needed, slow, needed > now ? needed : idle));
}
