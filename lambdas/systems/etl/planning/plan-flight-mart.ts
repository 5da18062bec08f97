import { FLIGHT_MART_TABLES } from '../flight-mart/lineage.ts';
import type { TableSpecInput } from '../table-spec.ts';
import { MART_MODELS } from '../task-shapes.ts';
import type { CompleteFlightMart } from '../workflows/flight-mart-input.ts';
import { type Plan, task, toJson } from './plan.ts';

/** What must hold of the mart, dimensions before the facts that refer to them. */
const TABLES = [
  {
    table: 'dim_airport',
    source: 'airports',
    key: ['iata'],
    required: ['name', 'country'],
    ranges: [
      { column: 'latitude', min: -90, max: 90 },
      { column: 'longitude', min: -180, max: 180 },
    ],
  },
  {
    table: 'dim_weather',
    source: 'weather',
    counts: 'observed_days',
    key: ['weather_key'],
    required: ['location', 'temp_max_c', 'temp_min_c'],
  },
  { table: 'dim_date', source: null, key: ['date_key'] },
  {
    table: 'fact_flights',
    source: 'flights',
    key: ['flight_id'],
    required: ['date_key', 'departed_at', 'origin', 'destination', 'delay_minutes', 'distance_miles'],
    ranges: [
      { column: 'distance_miles', min: 1, max: 12_000 },
      { column: 'delay_minutes', min: -1_440, max: 4_320 },
    ],
    references: [
      { column: 'date_key', table: 'dim_date', to: 'date_key' },
      { column: 'origin', table: 'dim_airport', to: 'iata' },
      { column: 'destination', table: 'dim_airport', to: 'iata' },
      { column: 'origin_weather_key', table: 'dim_weather', to: 'weather_key' },
    ],
  },
  {
    table: 'fact_bird_strikes',
    source: 'birdstrikes',
    key: ['strike_id'],
    required: ['date_key', 'reported_airport', 'damage'],
    ranges: [
      { column: 'speed_knots', min: 0, max: 700 },
      { column: 'cost_total', min: 0 },
      { column: 'match_confidence', min: 0, max: 1 },
    ],
    references: [
      { column: 'date_key', table: 'dim_date', to: 'date_key' },
      { column: 'airport', table: 'dim_airport', to: 'iata' },
    ],
  },
] as const satisfies readonly TableSpecInput[];

const CONTROL_SUMS = [
  { source: 'flights', source_column: 'distance', table: 'fact_flights', column: 'distance_miles' },
  { source: 'flights', source_column: 'delay', table: 'fact_flights', column: 'delay_minutes' },
  { source: 'birdstrikes', source_column: 'Cost Total $', table: 'fact_bird_strikes', column: 'cost_total' },
];

/** The tasks of a flight mart run: extractions side by side, tables as soon as what they need is there, then one line. */
export function planFlightMart(request: CompleteFlightMart, plannedAt: number): Plan {
  const sources = Object.entries(request.sources);
  const extracts = sources.map(([name, source]) =>
    task('etl.extract', `extract_${name}`, `Read ${name} from ${source.kind}`, ['plan'], {
      name,
      source: toJson(source),
    }),
  );
  const transforms = MART_MODELS.map((table) => {
    const { sources: from, tables } = FLIGHT_MART_TABLES[table];
    const needs = [...from.map((source) => `extract_${source}`), ...tables.map((other) => `transform_${other}`)];
    return task('etl.transform', `transform_${table}`, `Build ${table}`, needs, { kind: 'flight-mart', table });
  });
  const upstream = [...extracts, ...transforms].map(({ id }) => id);
  const validate = task('etl.validate', 'validate', 'Check the tables, quarantine rejected rows', upstream, {
    tables: toJson(TABLES),
    control_sums: CONTROL_SUMS,
    max_rejected_share: request.maxRejectedShare,
  });
  const loads = [
    task('etl.load', 'load_parquet', `Load Parquet under ${request.prefix}`, ['validate'], {
      to: 'parquet',
      prefix: request.prefix,
      planned_at: plannedAt,
    }),
    ...(request.postgres === undefined
      ? []
      : [
          task('etl.load', 'load_postgres', `Load PostgreSQL schema ${request.postgres.schema}`, ['validate'], {
            to: 'postgres',
            ...request.postgres,
            planned_at: plannedAt,
            keys: Object.fromEntries(TABLES.map(({ table, key }) => [table, [...key]])),
          }),
        ]),
  ];
  const summary = task(
    'etl.summarize',
    'summary',
    "Ask the loaded mart for the run's headline",
    ['validate', ...loads.map(({ id }) => id)],
    {
      workflow: 'etl.flight-mart',
      notes: notesOf(request),
    },
  );
  return { tasks: [...extracts, ...transforms, validate, ...loads, summary], notes: notesOf(request) };
}

function notesOf({ sources, postgres }: CompleteFlightMart): string[] {
  const csvOnly = Object.values(sources).every(({ kind }) => kind === 'csv');
  return [
    ...(csvOnly ? ['All sources are CSV files in the data bucket: no database or API is configured.'] : []),
    ...(postgres === undefined ? ['Loaded as Parquet only: no target database is configured.'] : []),
  ];
}
