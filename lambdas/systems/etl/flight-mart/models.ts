import type { MART_MODELS } from '../task-shapes.ts';
import { dimAirport } from './dim-airport.ts';
import { dimDate } from './dim-date.ts';
import { dimWeather } from './dim-weather.ts';
import { factBirdStrikes } from './fact-bird-strikes.ts';
import { factFlights } from './fact-flights.ts';
import type { MartModel } from './model.ts';

/** The tables of the flight mart, by name. */
export const FLIGHT_MART: Readonly<Record<(typeof MART_MODELS)[number], MartModel>> = {
  dim_airport: dimAirport,
  dim_weather: dimWeather,
  fact_flights: factFlights,
  fact_bird_strikes: factBirdStrikes,
  dim_date: dimDate,
};
