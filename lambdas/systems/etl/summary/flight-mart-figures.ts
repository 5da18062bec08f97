/** The flight mart's headline, by name: SQL that yields one value over views of the mart's tables. */
export const FLIGHT_MART_FIGURES: Readonly<Record<string, string>> = {
  flights: 'SELECT count(*) FROM fact_flights',
  miles: 'SELECT sum(distance_miles) FROM fact_flights',
  delay_minutes: 'SELECT sum(delay_minutes) FROM fact_flights',
  origins: 'SELECT count(DISTINCT origin) FROM fact_flights',
  destinations: 'SELECT count(DISTINCT destination) FROM fact_flights',
  unknown_airports: `SELECT count(*) FROM (SELECT origin AS iata FROM fact_flights UNION ALL SELECT destination FROM fact_flights) f
    ANTI JOIN dim_airport a USING (iata)`,
  first_departure: 'SELECT min(departed_at)::VARCHAR FROM fact_flights',
  last_departure: 'SELECT max(departed_at)::VARCHAR FROM fact_flights',
  late_by_15_share: 'SELECT round(count(*) FILTER (WHERE delay_minutes >= 15) / count(*), 4) FROM fact_flights',
  flights_with_weather: 'SELECT count(origin_weather_key) FROM fact_flights',
  airports: 'SELECT count(*) FROM dim_airport',
  days: 'SELECT count(*) FROM dim_date',
  weather_days: 'SELECT count(*) FROM dim_weather',
  bird_strikes: 'SELECT count(*) FROM fact_bird_strikes',
  bird_strikes_matched: 'SELECT count(airport) FROM fact_bird_strikes',
  bird_strike_airports: 'SELECT count(DISTINCT airport) FROM fact_bird_strikes',
  bird_strike_cost_usd: 'SELECT sum(cost_total) FROM fact_bird_strikes',
};
