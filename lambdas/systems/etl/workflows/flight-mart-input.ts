import * as z from 'zod';
import { CsvSource, ObjectKey, PostgresSource, RestSource, SchemaName, TARGET_SECRETS } from '../sources.ts';

const share = z.number().min(0).max(1).describe('A source of which more is rejected fails the run');

/** Where the flight mart's four sources are and where it goes. What is left out is a CSV file in the data bucket. */
export const FlightMartInput = z.strictObject({
  sources: z
    .strictObject({
      flights: z.discriminatedUnion('kind', [PostgresSource, CsvSource]).optional(),
      airports: CsvSource.optional(),
      birdstrikes: CsvSource.optional(),
      weather: z.discriminatedUnion('kind', [RestSource, CsvSource]).optional(),
    })
    .prefault({}),
  target: z
    .strictObject({
      prefix: ObjectKey.default('marts/flights'),
      postgres: z
        .strictObject({
          secret: z.enum(TARGET_SECRETS).default('etl-target-database'),
          schema: SchemaName.default('mart'),
        })
        .optional(),
    })
    .prefault({}),
  max_rejected_share: share.default(0.2),
});
export type FlightMartInput = z.infer<typeof FlightMartInput>;

/** What a deployment may say instead of each request: names of settings, set in its configuration. */
export const FLIGHT_MART_SETTINGS = {
  /** "postgres" when the source database is there. */
  flights: 'etl-flights-source',
  /** URL of the weather API. */
  weather: 'etl-weather-url',
  /** Schema in the target database, when it is there. */
  targetSchema: 'etl-target-schema',
} as const;

/** The request with everything filled in: by itself first, then by the deployment's settings, then by CSV files. */
export function completeFlightMart(input: FlightMartInput, setting: (name: string) => string | undefined) {
  const csv = (name: string) => CsvSource.parse({ kind: 'csv', key: `sources/${name}.csv` });
  const weatherUrl = setting(FLIGHT_MART_SETTINGS.weather);
  const schema = setting(FLIGHT_MART_SETTINGS.targetSchema);
  const flights =
    setting(FLIGHT_MART_SETTINGS.flights) === 'postgres'
      ? PostgresSource.parse({ kind: 'postgres', table: 'flights' })
      : csv('flights');
  const weather = weatherUrl === undefined ? csv('weather') : RestSource.parse({ kind: 'rest', url: weatherUrl });
  const postgres =
    input.target.postgres ??
    (schema === undefined ? undefined : { secret: TARGET_SECRETS[0], schema: SchemaName.parse(schema) });
  return {
    sources: {
      flights: input.sources.flights ?? flights,
      airports: input.sources.airports ?? csv('airports'),
      birdstrikes: input.sources.birdstrikes ?? csv('birdstrikes'),
      weather: input.sources.weather ?? weather,
    },
    prefix: input.target.prefix,
    postgres,
    maxRejectedShare: input.max_rejected_share,
  };
}
export type CompleteFlightMart = ReturnType<typeof completeFlightMart>;
