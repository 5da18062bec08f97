import type { Clock } from '../runtime/ports.ts';
import type { Admission, EvenRate } from './even-rate.ts';

/** A rate as one container keeps to it. */
export interface LocalLimiter {
  take(name: string, rate: EvenRate): Admission;
  /** Whether one could be taken, without taking it. */
  look(name: string, rate: EvenRate): Admission;
}

/** Rounding of divisions is no reason to wait. */
const ROUNDING_MS = 1e-6;

/**
 * The generic cell rate algorithm over names that strangers may choose, such as addresses: at most `most` of them are
 * remembered, and the one that was seen longest ago is forgotten first.
 */
export function createLocalLimiter(clock: Pick<Clock, 'now'>, most: number): LocalLimiter {
  /** By name, until when what was taken is paid off. */
  const paidOff = new Map<string, number>();

  function look(name: string, { perSecond, burst }: EvenRate): Admission {
    const wait = (paidOff.get(name) ?? 0) - clock.now() - ((burst - 1) * 1_000) / perSecond;
    return wait <= ROUNDING_MS ? { ok: true } : { ok: false, retryAfterMs: Math.ceil(wait) };
  }

  return {
    look,
    take(name, rate) {
      const admission = look(name, rate);
      if (!admission.ok) return admission;
      const until = Math.max(paidOff.get(name) ?? 0, clock.now()) + 1_000 / rate.perSecond;
      paidOff.delete(name);
      paidOff.set(name, until);
      for (const oldest of paidOff.keys()) {
        if (paidOff.size <= most) break;
        paidOff.delete(oldest);
      }
      return admission;
    },
  };
}
