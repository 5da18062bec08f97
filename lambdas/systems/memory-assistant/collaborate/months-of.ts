import { DateTime } from 'luxon';
import type { Stretch } from '../messages.ts';

/** A month, and where its memories lie. */
export interface Month {
  readonly part: string;
  readonly stretch: Stretch;
}

/** More months than this are not told apart by anybody. */
const MOST = 60;

/** The months of a period by the calendar of a place; the first and the last may be cut off. */
export function monthsOf(period: { conversation: string; since: number; until: number; time_zone: string }): Month[] {
  const { conversation, since, until, time_zone: zone } = period;
  const months: Month[] = [];
  let begin = DateTime.fromMillis(since, { zone });
  while (begin.toMillis() < until && months.length < MOST) {
    const next = begin.startOf('month').plus({ months: 1 });
    const stretch = { conversation, since: begin.toMillis(), until: Math.min(until, next.toMillis()), memories: 0 };
    months.push({ part: begin.toFormat('yyyy-MM'), stretch });
    begin = next;
  }
  return months;
}
