import type { Manifest } from '../../lambdas/contracts/manifest.ts';
import type { Config } from '../config.ts';

/** What Lambda allows, in seconds. */
const LONGEST = 900;
/** Seconds to report in after the work. */
const ROOM_TO_REPORT = 10;

export interface AgentSizing {
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Most invocations at once, per lane. */
  readonly concurrency: number;
  /** Messages per invocation. */
  readonly batchSize: number;
}

/**
 * The Lambda that a manifest asks for, within the configuration's bounds. Its timeout holds a whole batch one after the
 * other, because messages that were received before run alone.
 */
export function sizingOf(manifest: Manifest, { agents }: Config): AgentSizing {
  const { batchSize = 1 } = manifest;
  return {
    batchSize,
    timeoutSeconds: Math.min(LONGEST, manifest.timeoutSeconds * batchSize + ROOM_TO_REPORT),
    memoryMb: Math.min(manifest.memoryMb, agents.memoryLimitMb ?? manifest.memoryMb),
    concurrency: Math.min(manifest.concurrency, agents.maxWorkers ?? manifest.concurrency),
  };
}

/** Tasks that a lane works on at once; undefined for tasks that must not share a message: slow ones, and outside effects. */
export function capacityOf({ effects }: Manifest, { concurrency, batchSize }: AgentSizing): number | undefined {
  return effects === 'outside' || batchSize === 1 ? undefined : concurrency * batchSize;
}
