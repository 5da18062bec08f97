import type { Clock, Ids } from '../../runtime/ports.ts';
import { timeHeap } from './time-heap.ts';

/** A clock that moves only when it is told to. Moving it does not fire timers: `fireDue` does. */
export interface VirtualClock extends Clock {
  advance(ms: number): void;
  /** Moves to this moment; never back. */
  moveTo(at: number): void;
  /** When the earliest timer is due, ms (in the past: now); undefined when there is none. */
  nextTimerAt(): number | undefined;
  /** Calls back the timers that are due, by time, then by age. Timers armed meanwhile wait for the next call. */
  fireDue(): void;
}

interface Timer {
  readonly callback: () => void;
  cancelled: boolean;
}

/** @param start ms; default: 2026-01-01 */
export function virtualClock(start = Date.UTC(2026, 0, 1)): VirtualClock {
  const timers = timeHeap<Timer>();
  let now = start;
  let armed = 0;

  function next() {
    for (;;) {
      const timer = timers.peek();
      if (!timer?.item.cancelled) return timer;
      timers.pop();
    }
  }

  return {
    now: () => now,
    advance: (ms) => {
      now += Math.max(0, ms);
    },
    moveTo: (at) => {
      now = Math.max(now, at);
    },
    after: (ms, callback) => {
      const timer = { callback, cancelled: false };
      timers.push(now + Math.max(0, ms), timer);
      armed++;
      return () => {
        timer.cancelled = true;
      };
    },
    nextTimerAt: () => next()?.at,
    fireDue: () => {
      const before = armed;
      for (let timer = next(); timer && timer.at <= now && timer.order < before; timer = next()) {
        timers.pop();
        timer.item.callback();
      }
    },
  };
}

/** UUIDs that count: the same in every run of a test or simulation. */
export function countingIds(): Ids {
  let next = 0;
  return { uuid: () => `00000000-0000-4000-8000-${(next++).toString(16).padStart(12, '0')}` };
}
