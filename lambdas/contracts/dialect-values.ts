import { DataError } from './errors.ts';
import { Priority, PriorityLevel } from './priority.ts';

/** How a dialect counts urgency. */
export type PriorityScale = 'levels' | 'zero_to_ten';

const NAMES: Readonly<Record<string, PriorityLevel>> = { ...Priority, medium: Priority.normal };

/** A level on the scale 0 to 10, such that reading it again gives the same level. */
const TEN: Readonly<Record<PriorityLevel, number>> = { 1: 2, 2: 5, 3: 8, 4: 10 };

const wrong = (field: string, reason: string) => new DataError('message_invalid', `${field}: ${reason}`, { field });

/**
 * 1 to 4 from a name (any case; "medium" is normal), a level 1 to 4, or a number 0 to 10: 0–3 low, 4–6 normal, 7–8 high, 9–10 critical.
 * @throws DataError `message_invalid` naming the field
 */
export function priorityOf(value: unknown, scale: PriorityScale, field: string): PriorityLevel {
  if (typeof value === 'string') {
    const name = value.toLowerCase();
    const level = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    if (level) return level;
    throw wrong(field, `"${value.slice(0, 40)}" is none of ${Object.keys(NAMES).join(', ')}`);
  }
  if (scale === 'levels') {
    const level = PriorityLevel.safeParse(value);
    if (level.success) return level.data;
    throw wrong(field, 'is a level from 1 (low) to 4 (critical), or its name');
  }
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 10)
    throw wrong(field, 'is a whole number from 0 to 10, or a name');
  if (value <= 3) return Priority.low;
  if (value <= 6) return Priority.normal;
  return value <= 8 ? Priority.high : Priority.critical;
}

/** The same level on the dialect's scale. */
export function priorityIn(level: PriorityLevel, scale: PriorityScale): number {
  return scale === 'levels' ? level : TEN[level];
}

const OLDEST = Date.UTC(2000, 0, 1) / 1_000;
const NEWEST = Date.UTC(2200, 0, 1) / 1_000;

/** Date and time with or without an offset; without one it is UTC. Digits beyond milliseconds are dropped. */
const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * An instant from an ISO 8601 text or epoch seconds.
 * @throws DataError `message_invalid` naming the field, also for milliseconds and for seconds of a monotonic clock
 */
export function instantOf(value: unknown, field: string): string {
  if (typeof value === 'number') {
    if (value >= OLDEST && value < NEWEST) return new Date(Math.round(value * 1_000)).toISOString();
    throw wrong(field, 'is epoch seconds between the years 2000 and 2200: no milliseconds, no monotonic clock');
  }
  const match = typeof value === 'string' ? ISO.exec(value) : null;
  const millis = match ? Date.parse(`${match[1]}T${match[2]}${match[3]?.toUpperCase() ?? 'Z'}`) : Number.NaN;
  if (Number.isNaN(millis)) throw wrong(field, 'is an ISO 8601 date and time, or epoch seconds');
  return new Date(millis).toISOString();
}
