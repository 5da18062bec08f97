import type { Clock, Ids } from '../../runtime/ports.ts';

/** A clock that moves only when it is told to. */
export interface VirtualClock extends Clock {
  advance(ms: number): void;
  /** Moves to this moment; never back. */
  moveTo(at: number): void;
}

/** @param start ms; default: 2026-01-01 */
export function virtualClock(start = Date.UTC(2026, 0, 1)): VirtualClock {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += Math.max(0, ms);
    },
    moveTo: (at) => {
      now = Math.max(now, at);
    },
  };
}

/** UUIDs that count: the same in every run of a test or simulation. */
export function countingIds(): Ids {
  let next = 0;
  return { uuid: () => `00000000-0000-4000-8000-${(next++).toString(16).padStart(12, '0')}` };
}
