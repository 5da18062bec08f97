export const HOUR_MS = 3_600_000;
export const DAY_HOURS = 24;

/** Hours since 1970. */
export const hourOf = (at: number): number => Math.floor(at / HOUR_MS);
export const dayOf = (hour: number): number => Math.floor(hour / DAY_HOURS);

/** The first day of 1970 was a Thursday. */
const isWeekend = (hour: number): boolean => {
  const weekday = (dayOf(hour) + 4) % 7;
  return weekday === 0 || weekday === 6;
};

/** Hours of a working day, then those of a day at the weekend (UTC). */
export const SLOTS = 2 * DAY_HOURS;
export const slotOf = (hour: number): number => (hour % DAY_HOURS) + (isWeekend(hour) ? DAY_HOURS : 0);

/** Quarters of the day: what is done at night is often not what is done by day. */
export const PARTS = 4;
export const partOf = (hour: number): number => Math.floor((hour % DAY_HOURS) / (DAY_HOURS / PARTS));
