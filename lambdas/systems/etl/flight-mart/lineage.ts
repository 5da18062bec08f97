import type { MART_MODELS } from '../task-shapes.ts';

/** What each table of the flight mart is made of: sources, and tables that must be there before. */
export interface Lineage {
  readonly sources: readonly string[];
  readonly tables: readonly string[];
}

export const FLIGHT_MART_TABLES = {
  dim_airport: { sources: ['airports'], tables: [] },
  dim_weather: { sources: ['weather'], tables: [] },
  fact_flights: { sources: ['flights'], tables: ['dim_airport', 'dim_weather'] },
  fact_bird_strikes: { sources: ['birdstrikes'], tables: ['dim_airport'] },
  dim_date: { sources: [], tables: ['fact_flights', 'fact_bird_strikes'] },
} as const satisfies Readonly<Record<(typeof MART_MODELS)[number], Lineage>>;
