import type { VirtualClock } from '../adapters/memory/virtual-clock.ts';
import type { Clock } from '../runtime/ports.ts';
import type { EventLoop } from './event-loop.ts';
import type { Schedules } from './schedules.ts';

/** How time passes on a virtual clock. All of these let everything happen that is due on the way, in a fixed order. */
export interface VirtualTime {
  /**
   * Until nothing is under way and no run is open: no message, no timer, no execution, no wake row.
   * False when that isn't so `limitMs` later (default 400 days), or when `isOver` says so at some moment before.
   */
  runUntilIdle(limitMs?: number, isOver?: () => boolean): Promise<boolean>;
  /** As long as `isOn`, which is asked at every moment at which something happens. False when `limitMs` passed before. */
  runWhile(isOn: () => boolean, limitMs?: number): Promise<boolean>;
  /** Until this moment, ms. */
  runUntil(at: number): Promise<void>;
  advance(ms: number): Promise<void>;
  /** Lets happen what happens now, without time. */
  settle(): Promise<void>;
}

const LONGEST_MS = 400 * 86_400_000;

export interface TimeSurroundings {
  /** Whether a run is open, so that the scheduled calls still have something to do. */
  isAnythingOpen(): Promise<boolean>;
  readonly beforeTimePasses?: (news: () => Promise<void>) => Promise<void> | undefined;
}

export function virtualTime(
  clock: VirtualClock,
  loop: EventLoop,
  schedules: Schedules,
  { isAnythingOpen, beforeTimePasses }: TimeSurroundings,
): VirtualTime {
  async function settle(): Promise<void> {
    await loop.settle();
    loop.check();
    const real = beforeTimePasses?.(loop.news);
    if (!real) return;
    await real;
    await settle();
  }

  /** Goes on to the next thing due, at most until `end`; 'end' when there is nothing before. */
  function step(end: number): 'stepped' | 'end' {
    const scheduled = schedules.nextAt();
    const at = Math.min(clock.nextTimerAt() ?? Number.POSITIVE_INFINITY, scheduled);
    if (at > end) return 'end';
    clock.moveTo(at);
    if (scheduled <= at) schedules.callDue(at);
    clock.fireDue();
    return 'stepped';
  }

  async function run(end: number, isOn: () => boolean): Promise<boolean> {
    for (await settle(); isOn(); await settle()) {
      if (step(end) === 'stepped') continue;
      if (end < Number.POSITIVE_INFINITY) clock.moveTo(end);
      return false;
    }
    return true;
  }

  return {
    settle,
    runUntil: async (at) => void (await run(at, () => true)),
    advance: async (ms) => void (await run(clock.now() + ms, () => true)),
    runWhile: (isOn, limitMs = LONGEST_MS) => run(clock.now() + limitMs, isOn),
    async runUntilIdle(limitMs = LONGEST_MS, isOver = () => false) {
      const end = clock.now() + limitMs;
      for (await settle(); ; await settle()) {
        if (isOver()) return false;
        if (clock.nextTimerAt() === undefined && !(await isAnythingOpen())) return true;
        if (step(end) === 'end') return false;
      }
    },
  };
}

export function isVirtual(clock: Clock): clock is VirtualClock {
  return 'nextTimerAt' in clock && 'fireDue' in clock && 'moveTo' in clock;
}
