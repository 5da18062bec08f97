import type { MartModel } from './model.ts';
import { typeRows, unreadable } from './model.ts';

/**
 * The usual weather of a day of the year at a place: what was observed there on that day in other years. The
 * observations (2012-2015) and the flights (2001) share no date, so this is climate, not the day's weather.
 */
export const dimWeather: MartModel = {
  source: 'weather',
  build: async (workspace) => {
    await typeRows(workspace, {
      source: 'weather',
      into: 'observed',
      select: `_row, location, TRY_CAST(date AS DATE) AS date, date AS raw_date, TRY_CAST(precipitation AS DOUBLE) AS precipitation,
        TRY_CAST(temp_max AS DOUBLE) AS temp_max, TRY_CAST(temp_min AS DOUBLE) AS temp_min, TRY_CAST(wind AS DOUBLE) AS wind, weather,
        row_number() OVER (PARTITION BY location, TRY_CAST(date AS DATE) ORDER BY _row) AS occurrence`,
      checks: [
        { when: 'location IS NULL', reason: `'location: is missing'` },
        unreadable('date', 'raw_date', 'date'),
        {
          when: 'temp_max IS NULL OR temp_min IS NULL',
          reason: `'temp_max, temp_min: a temperature is missing or no number'`,
        },
        { when: 'temp_min > temp_max', reason: `'temp_min: ' || temp_min || ' is above temp_max ' || temp_max` },
        { when: 'temp_min < -90 OR temp_max > 60', reason: `'temp_min, temp_max: no temperature on Earth in °C'` },
        {
          when: 'precipitation IS NULL OR precipitation < 0',
          reason: `'precipitation: is missing, no number or negative'`,
        },
        { when: 'wind IS NULL OR wind < 0', reason: `'wind: is missing, no number or negative'` },
        { when: 'occurrence > 1', reason: `'date: a second observation for ' || location || ' on ' || date` },
      ],
    });
    // Sums of decimals, unlike those of floats, do not depend on the order in which threads add up.
    await workspace.db.run(`CREATE TABLE result AS SELECT
        location || '|' || strftime(date, '%m-%d') AS weather_key, location, strftime(date, '%m-%d') AS month_day,
        month(any_value(date))::INTEGER AS month, day(any_value(date))::INTEGER AS day, count(*)::INTEGER AS observed_days,
        min(year(date))::INTEGER AS first_year, max(year(date))::INTEGER AS last_year,
        round(avg(precipitation::DECIMAL(9, 2)), 2) AS precipitation_mm, round(avg(temp_max::DECIMAL(9, 2)), 2) AS temp_max_c,
        round(avg(temp_min::DECIMAL(9, 2)), 2) AS temp_min_c, round(avg(wind::DECIMAL(9, 2)), 2) AS wind_ms,
        (count(*) FILTER (WHERE precipitation > 0) / count(*))::DOUBLE AS wet_share
      FROM observed GROUP BY location, strftime(date, '%m-%d') ORDER BY weather_key`);
  },
};
