import { exactInteger } from '../transform/apply-rules.ts';
import type { MartModel } from './model.ts';
import { typeRows, unreadable } from './model.ts';

/**
 * One row per flight. The source has no key: flights are numbered in the order of all their values, so the same flights
 * get the same numbers in whatever order the database gives them.
 */
export const factFlights: MartModel = {
  source: 'flights',
  build: async (workspace) => {
    await typeRows(workspace, {
      source: 'flights',
      into: 'flight',
      select: `_row, date AS raw_date, TRY_CAST(replace(date, '/', '-') AS TIMESTAMP) AS departed_at, delay AS raw_delay,
        ${exactInteger('delay', 'INTEGER')} AS delay_minutes, distance AS raw_distance,
        ${exactInteger('distance', 'INTEGER')} AS distance_miles, origin, destination`,
      checks: [
        unreadable('departed_at', 'raw_date', 'time'),
        unreadable('delay_minutes', 'raw_delay', 'whole number of minutes'),
        unreadable('distance_miles', 'raw_distance', 'whole number of miles'),
      ],
    });
    await workspace.db.run(`CREATE TABLE result AS SELECT f._row,
        row_number() OVER (ORDER BY departed_at, origin, destination, distance_miles, delay_minutes, f._row)::INTEGER AS flight_id,
        strftime(departed_at, '%Y%m%d')::INTEGER AS date_key, departed_at, origin, destination,
        delay_minutes, distance_miles, w.weather_key AS origin_weather_key
      FROM flight f
      LEFT JOIN (SELECT DISTINCT ON (iata) iata, city FROM dim_airport ORDER BY iata, _row) a ON a.iata = f.origin
      LEFT JOIN dim_weather w ON w.location = a.city AND w.month_day = strftime(departed_at, '%m-%d')
      ORDER BY flight_id`);
  },
};
