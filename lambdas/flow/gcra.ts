import type { Rate } from '../contracts/flow-control.ts';

/**
 * Timers know whole seconds, so a permit may come up to this late. The one after it is not put off by that: else no rate
 * over one a second could be kept up.
 */
export const LATENESS_MS = 1_000;

/** Divisions leave thousandths of a nanosecond behind. */
const ROUNDING_MS = 1e-6;

/** Time between two permits of an even stream. */
export const intervalOf = ({ limit, periodSeconds }: Rate): number => (periodSeconds * 1_000) / limit;

/** From when on the next permit may be given: the generic cell rate algorithm's `tat - tau`. */
export function nextPermitAt(rate: Rate, tat: number): number {
  return tat - ((rate.burst ?? 1) - 1) * intervalOf(rate);
}

/**
 * Gives one permit to somebody who has waited since `waitsFrom`: the new theoretical arrival time, or undefined when it is
 * too early. The permit counts from when it could have been given, unless that is more than {@link LATENESS_MS} ago.
 */
export function takePermit(rate: Rate, tat: number, waitsFrom: number, now: number): number | undefined {
  const due = Math.max(waitsFrom, nextPermitAt(rate, tat), now - LATENESS_MS);
  return due > now + ROUNDING_MS ? undefined : Math.max(tat, due) + intervalOf(rate);
}
