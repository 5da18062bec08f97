import { DateTime } from 'luxon';
import { DataError } from '../../../contracts/errors.ts';
import type { Stretch } from '../messages.ts';
import { checkZone } from '../time-zone.ts';

/** A month, and where its memories lie. */
export interface Month {
  readonly part: string;
  readonly stretch: Stretch;
}

/** More months than this are not told apart by anybody. */
const MOST = 60;

/**
 * The months of a period by the calendar of a place; the first and the last may be cut off.
 * @throws DataError `empty_period`, `period_too_long`, `no_such_time_zone`
 */
export function monthsOf(period: { conversation: string; since: number; until: number; time_zone: string }): Month[] {
  const { conversation, since, until, time_zone: zone } = period;
  checkZone(zone);
  if (since >= until) throw new DataError('empty_period', 'the period ends before it begins: set since before until');
  const months: Month[] = [];
  let begin = DateTime.fromMillis(since, { zone });
  while (begin.toMillis() < until) {
    if (months.length === MOST)
      throw new DataError('period_too_long', `the period has more than ${MOST} months: ask for it in parts`);
    const next = begin.startOf('month').plus({ months: 1 });
    const stretch = { conversation, since: begin.toMillis(), until: Math.min(until, next.toMillis()), memories: 0 };
    months.push({ part: begin.toFormat('yyyy-MM'), stretch });
    begin = next;
  }
  return months;
}
