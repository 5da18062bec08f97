import { DataError } from '../../../contracts/errors.ts';
import type { Workspace } from '../duckdb/workspace.ts';

/** The columns each source of the flight mart must have; more are welcome. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  flights: ['date', 'delay', 'distance', 'origin', 'destination'],
  airports: ['iata', 'name', 'city', 'state', 'country', 'latitude', 'longitude'],
  weather: ['location', 'date', 'precipitation', 'temp_max', 'temp_min', 'wind', 'weather'],
  birdstrikes: [
    ...['Airport Name', 'Aircraft Make Model', 'Effect Amount of damage', 'Flight Date', 'Aircraft Airline Operator'],
    ...['Origin State', 'Phase of flight', 'Wildlife Size', 'Wildlife Species', 'Time of day', 'Cost Other'],
    ...['Cost Repair', 'Cost Total $', 'Speed IAS in knots'],
  ],
};

/** @throws DataError `source_columns` naming what is missing */
export async function requireColumns({ db }: Workspace, source: string): Promise<void> {
  const there = new Set((await db.rows(`DESCRIBE ${source}`)).map((row) => String(row.column_name).toLowerCase()));
  const missing = (EXPECTED[source] ?? []).filter((column) => !there.has(column.toLowerCase()));
  if (missing.length > 0)
    throw new DataError('source_columns', `source "${source}" lacks ${missing.map((name) => `"${name}"`).join(', ')}`, {
      source,
      missing,
    });
}
