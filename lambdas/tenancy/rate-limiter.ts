import type { Rates } from '../runtime/budgets/rate.ts';
import type { Clock, Logger } from '../runtime/ports.ts';
import type { Admission, EvenRate } from './even-rate.ts';
import { createLocalLimiter } from './local-limiter.ts';

/** Whose permits: all of a tenant, or those of one of its people. */
export interface LimitKey {
  readonly tenant: string;
  readonly name: string;
}

const ADMITTED: Admission = { ok: true };

export interface RateLimiter {
  take(key: LimitKey, rate: EvenRate): Promise<Admission>;
}

export interface RateLimiterPorts {
  /** Shared by all containers: the generic cell rate algorithm, a row for each key. */
  readonly rates: Rates;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Permits that were taken ahead go back to nobody after this: who needs none any more keeps none from others for long. */
const LEASE_MS = 500;
/** A container takes at most such a part of a burst ahead. */
const LARGEST_PART = 8;
/** Keys that one container remembers. */
const MOST_KEYS = 2_000;

interface Known {
  /** Permits taken ahead, and how many there were. */
  left: number;
  size: number;
  takenAt: number;
  /** There is none before then. */
  refusedUntil: number;
  asking: Promise<void> | undefined;
}

/**
 * Bounds how often something happens, over all containers together: within any time t at most burst + rate · t permits are
 * given out, however many ask at once. Every permit was taken from the shared row before; a container that needs many takes
 * several ahead, and one that was refused knows until when, so a flood costs the store little. While the store is out of
 * reach, each container keeps to the rate by itself.
 */
export function createRateLimiter({ rates, clock, logger }: RateLimiterPorts): RateLimiter {
  const known = new Map<string, Known>();
  const alone = createLocalLimiter(clock, MOST_KEYS);

  function of(name: string): Known {
    const found = known.get(name) ?? { left: 0, size: 0, takenAt: 0, refusedUntil: 0, asking: undefined };
    known.delete(name);
    known.set(name, found);
    for (const [oldest, { asking }] of known) {
      if (known.size <= MOST_KEYS) break;
      if (asking === undefined) known.delete(oldest);
    }
    return found;
  }

  async function refill(key: LimitKey, rate: EvenRate, state: Known): Promise<void> {
    const now = clock.now();
    const most = Math.max(1, Math.floor(rate.burst / LARGEST_PART));
    const wanted = Math.min(most, nextSize(state, now));
    const answer = await takeAhead(rates, key, rate, wanted, now);
    state.left = answer.taken;
    state.size = answer.taken;
    state.takenAt = now;
    state.refusedUntil = answer.taken > 0 ? 0 : now + answer.waitMs;
  }

  return {
    async take(key, rate) {
      const name = `${key.tenant}#${key.name}`;
      const state = of(name);
      for (;;) {
        const now = clock.now();
        if (state.left > 0 && now < state.takenAt + LEASE_MS) {
          state.left -= 1;
          return ADMITTED;
        }
        if (now < state.refusedUntil) return { ok: false, retryAfterMs: Math.ceil(state.refusedUntil - now) };
        // Who asks at the same time waits for the same answer.
        state.asking ??= refill(key, rate, state).finally(() => {
          state.asking = undefined;
        });
        try {
          await state.asking;
        } catch (error) {
          logger.warn('the shared rate is out of reach: this container keeps to it by itself', { name, error });
          return alone.take(name, rate);
        }
      }
    },
  };
}

/** Twice as many when the last ones were used up at once, as many as were used when not. */
function nextSize({ size, left, takenAt }: Known, now: number): number {
  if (size === 0 || now - takenAt >= 2 * LEASE_MS) return 1;
  return left === 0 ? size * 2 : Math.max(1, size - left);
}

/** As many as there are of those that are wanted. */
async function takeAhead(
  rates: Rates,
  { tenant, name }: LimitKey,
  { perSecond, burst }: EvenRate,
  wanted: number,
  now: number,
): Promise<{ readonly taken: number; readonly waitMs: number }> {
  const interval = 1_000 / perSecond;
  for (let count = wanted; ; ) {
    // To the microsecond: sums of these are exact in any arithmetic.
    const costMs = Math.round(count * interval * 1_000) / 1_000;
    const cost = { unit: 'requests', costMs, latest: now + burst * interval - costMs } as const;
    const wait = await rates.take({ tenant, model: name }, [cost], now);
    if (wait === 0) return { taken: count, waitMs: 0 };
    const fewer = count - Math.ceil(wait / interval);
    if (fewer < 1 || fewer >= count) return { taken: 0, waitMs: Math.max(1, wait - (count - 1) * interval) };
    count = fewer;
  }
}
