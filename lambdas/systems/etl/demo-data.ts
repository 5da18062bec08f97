import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/*
 * The demo's data, from the npm package vega-datasets: pure functions from the folder of its data files to rows and
 * texts. Loading them into a database, a bucket or a web server is the caller's business.
 */

const Flight = z.object({
  date: z.string(),
  delay: z.number().int(),
  distance: z.number().int(),
  origin: z.string(),
  destination: z.string(),
});
/** A flight as a row of the source database's table. */
export type FlightRow = readonly [date: string, delay: number, distance: number, origin: string, destination: string];
/** A day's weather at a place, as the weather API answers it. */
export type WeatherItem = Readonly<Record<string, string | number>>;

/** The source database's table. */
export const FLIGHTS_DDL =
  'CREATE TABLE IF NOT EXISTS flights (date timestamp, delay int, distance int, origin text, destination text)';
export const FLIGHT_COLUMNS = ['date', 'delay', 'distance', 'origin', 'destination'] as const;

/** The 20,000 flights, dates as PostgreSQL reads them. */
export async function flightRows(folder: string): Promise<FlightRow[]> {
  const flights = z.array(Flight).parse(JSON.parse(await readFile(join(folder, 'flights-20k.json'), 'utf8')));
  return flights.map(({ date, delay, distance, origin, destination }) => [
    date.replaceAll('/', '-'),
    delay,
    distance,
    origin,
    destination,
  ]);
}

/** An INSERT of these flights with its bound values: one array per column. */
export function insertFlights(rows: readonly FlightRow[]): { text: string; values: unknown[][] } {
  return {
    text: `INSERT INTO flights (${FLIGHT_COLUMNS.join(', ')})
      SELECT * FROM unnest($1::timestamp[], $2::int[], $3::int[], $4::text[], $5::text[])`,
    values: FLIGHT_COLUMNS.map((_, index) => rows.map((row) => row[index])),
  };
}

/** The objects that the demo's sources are by default: key in the data bucket and text. */
export async function sourceObjects(folder: string): Promise<Array<{ key: string; text: string }>> {
  const flights = [FLIGHT_COLUMNS.join(','), ...(await flightRows(folder)).map((row) => row.join(','))];
  const asIs = (file: string) => readFile(join(folder, file), 'utf8');
  return [
    { key: 'sources/flights.csv', text: `${flights.join('\n')}\n` },
    { key: 'sources/airports.csv', text: await asIs('airports.csv') },
    { key: 'sources/birdstrikes.csv', text: await asIs('birdstrikes.csv') },
    { key: 'sources/weather.csv', text: await asIs('weather.csv') },
  ];
}

/** The weather that the demo's API serves: Seattle and New York, day by day from 2012 to 2015. */
export async function weatherItems(folder: string): Promise<WeatherItem[]> {
  const [header = '', ...lines] = (await readFile(join(folder, 'weather.csv'), 'utf8')).trim().split(/\r?\n/);
  const columns = header.split(',');
  const texts = new Set(['location', 'date', 'weather']);
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(
      columns.map((column, index) => [column, texts.has(column) ? (values[index] ?? '') : Number(values[index])]),
    );
  });
}

/** One page of the weather API: `{ items, next, total }`, with `next` relative to the API's URL. */
export function weatherPage(items: readonly WeatherItem[], page: number, size: number) {
  const next = page * size < items.length ? `?page=${page + 1}&size=${size}` : null;
  return { items: items.slice((page - 1) * size, page * size), next, total: items.length };
}
