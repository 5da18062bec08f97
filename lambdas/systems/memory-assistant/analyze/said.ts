import { DateTime } from 'luxon';
import type { Recalled } from '../../../contracts/memory.ts';
import { checkZone } from '../time-zone.ts';

/** What somebody has said, as analyses see it. */
export interface Said {
  readonly id: string;
  readonly person: string;
  readonly text: string;
  readonly at: number;
  readonly conversation: string;
  readonly language: string;
}

/** Of nobody in particular. */
export const NOBODY = 'unknown';

export function saidOf({ id, speaker, text, at, group, data }: Recalled): Said {
  const language = typeof data === 'object' && data !== null && 'language' in data ? String(data.language) : 'und';
  return { id, person: speaker ?? NOBODY, text, at, conversation: group, language };
}

/** The clock and the calendar of a place. @throws DataError `no_such_time_zone` */
export function localTime(at: number, zone: string): DateTime {
  const time = DateTime.fromMillis(at, { zone });
  if (!time.isValid) checkZone(zone);
  return time;
}
