import type { Manifest } from '../contracts/manifest.ts';

/*
 * How the stacks wire the platform (lib/stacks/platform-stack.ts, lib/constructs): a test holds this against what they
 * synthesize. No room under lambdas/ may import lib.
 */

/** Seconds a Lambda has; its queue hides messages six times as long. Messages per batch, invocations at once per queue. */
export const PLATFORM_LAMBDAS = {
  intake: { timeoutSeconds: 30, batchSize: 10, maxConcurrency: 10 },
  coordinator: { timeoutSeconds: 15, batchSize: 10, maxConcurrency: 100 },
  timers: { timeoutSeconds: 30, batchSize: 10, maxConcurrency: 5 },
  monitor: { timeoutSeconds: 30, batchSize: 10, maxConcurrency: 5 },
  audit: { timeoutSeconds: 60, batchSize: 10, maxConcurrency: 5 },
  behaviour: { timeoutSeconds: 120, batchSize: 10, maxConcurrency: 2 },
  'dead-letters': { timeoutSeconds: 60, batchSize: 10, maxConcurrency: 2 },
  sweeper: { timeoutSeconds: 50 },
  'monitor-schedule': { timeoutSeconds: 50 },
  archiver: { timeoutSeconds: 300 },
  'audit-checkpoint': { timeoutSeconds: 60 },
  'behaviour-schedule': { timeoutSeconds: 120 },
} as const;

/** What tells those who follow runs; there only where somebody asks for it. A message is given up sooner than others. */
export const STREAM_TELLER = { timeoutSeconds: 30, batchSize: 10, maxConcurrency: 20 } as const;
export const STREAM_RECEIVES = 3;

/** Deliveries before a queue gives a message up: the configuration's `agents.maxReceives`. */
export const MAX_RECEIVES = 5;
export const VISIBILITY_FACTOR = 6;
export const MINUTE_MS = 60_000;

/**
 * The lifecycle's state machine: seconds after the deadline until it asks again, and then as long as taking back may
 * last, which is as long as the run had, and at least this.
 */
export const LIFECYCLE = { graceSeconds: 120, leastCompensationSeconds: 900 } as const;

/** The Lambda that a manifest asks for, as lib/constructs/agent-timing.ts sizes it. */
export function agentSizing(manifest: Manifest) {
  const { batchSize = 1, concurrency, effects } = manifest;
  return {
    batchSize,
    concurrency,
    // The first part is for manifests that no Lambda could have: a bench's agent may work for hours.
    timeoutSeconds: Math.max(manifest.timeoutSeconds + 10, Math.min(900, manifest.timeoutSeconds * batchSize + 10)),
    capacity: effects === 'outside' || batchSize === 1 ? undefined : concurrency * batchSize,
  };
}
