import { DataError } from '../../contracts/errors.ts';

/** @throws DataError `no_such_time_zone` */
export function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw new DataError('no_such_time_zone', `"${zone}" is no time zone; name one as in "Europe/Lisbon"`);
  }
}
