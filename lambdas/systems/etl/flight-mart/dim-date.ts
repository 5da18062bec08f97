import type { MartModel } from './model.ts';

/** Every day from the first to the last that a fact mentions. */
export const dimDate: MartModel = {
  source: null,
  build: ({ db }) =>
    db.run(`CREATE TABLE result AS
      WITH fact AS (SELECT date_key FROM fact_flights UNION ALL SELECT date_key FROM fact_bird_strikes),
      span AS (SELECT strptime(min(date_key)::VARCHAR, '%Y%m%d')::DATE AS first, strptime(max(date_key)::VARCHAR, '%Y%m%d')::DATE AS last FROM fact),
      day AS (SELECT unnest(generate_series(first, last, INTERVAL 1 DAY))::DATE AS date FROM span)
      SELECT strftime(date, '%Y%m%d')::INTEGER AS date_key, date, year(date)::INTEGER AS year, quarter(date)::INTEGER AS quarter,
        month(date)::INTEGER AS month, day(date)::INTEGER AS day, strftime(date, '%m-%d') AS month_day,
        isodow(date)::INTEGER AS iso_weekday, dayname(date) AS weekday, isodow(date) > 5 AS weekend
      FROM day ORDER BY date_key`),
};
