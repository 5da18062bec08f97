import type { Customer } from '../fleet/shapes.ts';
import { localTime } from '../scheduling/local-time.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** Clocks are set in steps of at least so much, so nothing is missed between two of these. */
const STEP_MS = 15 * MINUTE_MS;

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Whether the customer wants to be left alone now, by their own clock. Quiet hours of no length are none. */
export function isQuiet({ quiet_hours, time_zone }: Customer, at: number): boolean {
  const from = minutesOf(quiet_hours.from);
  const length = (minutesOf(quiet_hours.to) - from + DAY_MINUTES) % DAY_MINUTES;
  return (localTime(at, time_zone).minutes - from + DAY_MINUTES) % DAY_MINUTES < length;
}

/** The next moment, ms, at which the customer may be written to: now, or when the quiet hours are over. */
export function nextAllowed(customer: Customer, now: number): number {
  if (!isQuiet(customer, now)) return now;
  for (let at = Math.floor(now / STEP_MS) * STEP_MS + STEP_MS; at <= now + 2 * DAY_MINUTES * MINUTE_MS; at += STEP_MS)
    if (!isQuiet(customer, at)) return firstAllowed(customer, at - STEP_MS, at);
  return now + DAY_MINUTES * MINUTE_MS;
}

/** To the minute: quiet hours may end at any. */
function firstAllowed(customer: Customer, from: number, to: number): number {
  for (let at = from + MINUTE_MS; at < to; at += MINUTE_MS) if (!isQuiet(customer, at)) return at;
  return to;
}
