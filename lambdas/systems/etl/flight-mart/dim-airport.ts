import type { MartModel } from './model.ts';
import { typeRows, unreadable } from './model.ts';

/** Airports, one per IATA or FAA code. "NA" in the source means not known. */
export const dimAirport: MartModel = {
  source: 'airports',
  build: (workspace) =>
    typeRows(workspace, {
      source: 'airports',
      into: 'result',
      select: `_row, iata, name, nullif(city, 'NA') AS city, nullif(state, 'NA') AS state, country,
        TRY_CAST(latitude AS DOUBLE) AS latitude, TRY_CAST(longitude AS DOUBLE) AS longitude`,
      checks: [
        {
          when: `iata IS NULL OR NOT regexp_full_match(iata, '[A-Z0-9]{3,4}')`,
          reason: `'iata: "' || coalesce(iata, '') || '" is no airport code'`,
        },
        unreadable('latitude', 'NULL', 'latitude'),
        unreadable('longitude', 'NULL', 'longitude'),
      ],
    }),
};
