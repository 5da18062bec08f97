import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import { sourceObjects, weatherItems, weatherPage } from '../../../../lambdas/systems/etl/demo-data.ts';
import { ask } from './support/ask.ts';
import { runId, type TestBed, testBed } from './support/test-run.ts';

const DATA = join(import.meta.dirname, '../../../../node_modules/vega-datasets/data');

/** The mart's tables as `current.json` says: name → key. */
async function currentMart(bed: TestBed): Promise<(table: string) => string> {
  const current = JSON.parse(await readFile(join(bed.root, 'marts/flights/current.json'), 'utf8'));
  return (table) => `{${current.tables[table].key}}`;
}

async function seed(bed: TestBed, change: (key: string, text: string) => string = (_, text) => text): Promise<void> {
  for (const { key, text } of await sourceObjects(DATA)) await bed.bucket.write(key, change(key, text));
}

describe('the flight mart from files alone', () => {
  let bed: TestBed;
  let results: Record<string, Json>;
  let mart: (table: string) => string;
  beforeAll(async () => {
    bed = await testBed();
    await seed(bed);
    results = await bed.run('etl.flight-mart', {});
    mart = await currentMart(bed);
  });
  afterAll(() => bed.remove());

  test('the known truths come out of it by SQL', async () => {
    expect(
      await ask(
        bed.root,
        `SELECT count(*)::INT AS flights, sum(distance_miles)::INT AS miles, sum(delay_minutes)::INT AS delay,
          count(DISTINCT origin)::INT AS origins FROM ${mart('fact_flights')}`,
      ),
    ).toEqual([{ flights: 20_000, miles: 14_476_934, delay: 154_078, origins: 220 }]);
  });

  test('every origin, destination, day and weather key of a fact is in its dimension', async () => {
    const orphans = (fact: string, column: string, dimension: string, key: string) =>
      ask(
        bed.root,
        `SELECT count(*)::INT AS n FROM ${mart(fact)} f ANTI JOIN ${mart(dimension)} d ON d.${key} = f.${column} WHERE f.${column} IS NOT NULL`,
      );
    for (const [fact, column, dimension, key] of [
      ['fact_flights', 'origin', 'dim_airport', 'iata'],
      ['fact_flights', 'destination', 'dim_airport', 'iata'],
      ['fact_flights', 'date_key', 'dim_date', 'date_key'],
      ['fact_flights', 'origin_weather_key', 'dim_weather', 'weather_key'],
      ['fact_bird_strikes', 'airport', 'dim_airport', 'iata'],
      ['fact_bird_strikes', 'date_key', 'dim_date', 'date_key'],
    ] as const)
      expect(await orphans(fact, column, dimension, key)).toEqual([{ n: 0 }]);
  });

  test('for each source, read = loaded + quarantined + filtered', () => {
    expect(results.summary).toMatchObject({
      totals: {
        flights: { read: 20_000, loaded: 20_000, quarantined: 0, filtered: 0, balanced: true },
        airports: { read: 3_376, loaded: 3_376, quarantined: 0, filtered: 0, balanced: true },
        birdstrikes: { read: 10_000, loaded: 9_985, quarantined: 15, filtered: 0, balanced: true },
        weather: { read: 2_922, loaded: 2_922, quarantined: 0, filtered: 0, balanced: true },
      },
      mart: { flights: 20_000, miles: 14_476_934, delay_minutes: 154_078, origins: 220, unknown_airports: 0 },
    });
  });

  test('the quarantine file has each rejected report with its line, reason and text', async () => {
    const [header, ...lines] = (await readFile(join(bed.root, `runs/${runId(1)}/quarantine/birdstrikes.csv`), 'utf8'))
      .trim()
      .split('\n');
    expect(header).toBe('source,_row,stage,reason,raw');
    expect(lines).toHaveLength(15);
    expect(lines[0]).toMatch(/^birdstrikes,\d+,transform,"Effect Amount of damage: ""[BC]"" is not one of None/);
    expect(lines[0]).toContain('""Airport Name""');
  });

  test('bird strikes are matched to airports where the names allow, and kept where they do not', async () => {
    const matched = await ask(
      bed.root,
      `SELECT match_method AS method, count(*)::INT AS n FROM ${mart('fact_bird_strikes')} GROUP BY 1`,
    );
    expect(Object.fromEntries(matched.map(({ method, n }) => [String(method), n]))).toEqual({
      name: 7_975,
      place_name: 474,
      contained: 780,
      contains: 326,
      null: 430,
    });
    expect(
      await ask(bed.root, `SELECT DISTINCT reported_airport FROM ${mart('fact_bird_strikes')} WHERE airport IS NULL`),
    ).toEqual([{ reported_airport: 'BARKSDALE AIR FORCE BASE ARPT' }]);
  });

  test('the usual weather of a day is an average over years, kept apart by place', async () => {
    expect(
      await ask(
        bed.root,
        `SELECT location, observed_days, first_year, last_year FROM ${mart('dim_weather')} WHERE month_day IN ('02-29', '03-01') ORDER BY ALL`,
      ),
    ).toEqual(
      ['New York', 'Seattle'].flatMap((location) => [
        { location, observed_days: 1, first_year: 2012, last_year: 2012 },
        { location, observed_days: 4, first_year: 2012, last_year: 2015 },
      ]),
    );
  });

  test('a second run of the same data gives the same tables, byte for byte', async () => {
    const before = await Promise.all(
      ['fact_flights', 'dim_weather'].map((t) => readFile(join(bed.root, mart(t).slice(1, -1)))),
    );
    await bed.run('etl.flight-mart', {}, { runId: runId(2) });
    const second = await currentMart(bed);
    const after = await Promise.all(
      ['fact_flights', 'dim_weather'].map((t) => readFile(join(bed.root, second(t).slice(1, -1)))),
    );
    expect(second('fact_flights')).toContain(runId(2));
    expect(after.map((bytes, index) => bytes.equals(before[index] ?? Buffer.alloc(0)))).toEqual([true, true]);
  });

  test('work folders are gone, and progress never went backwards in a task', async () => {
    expect(bed.progress.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
    expect(bed.progress.length).toBeGreaterThan(15);
  });
});

describe('the flight mart from worse data', () => {
  let bed: TestBed;
  let server: Server;
  let results: Record<string, Json>;
  let mart: (table: string) => string;
  beforeAll(async () => {
    bed = await testBed();
    await seed(bed, (key, text) => {
      const lines = text.trimEnd().split('\n');
      if (key === 'sources/flights.csv') {
        lines.splice(
          1,
          0,
          '2001-01-01 10:00,5,100,DTW',
          '2001-13-45 10:00,5,100,DTW,LAX',
          '2001-01-01 10:00,5.5,100,DTW,LAX',
        );
        lines.push(
          '2001-01-01 10:00,5,100,DTW,???',
          '2001-01-01 10:00,5,-7,DTW,LAX',
          '2001-01-01 10:00,"5,100,DTW,LAX',
        );
      }
      if (key === 'sources/airports.csv')
        lines.push('DTW,Another Detroit,Detroit,MI,USA,42,-83', 'QQQ,Nowhere,X,MI,USA,142,-83');
      return `${lines.join('\n')}\n`;
    });
    const items = [...(await weatherItems(DATA)), { ...(await weatherItems(DATA))[0], temp_max: -50 }];
    let hits = 0;
    server = createServer((request, response) => {
      hits += 1;
      const { searchParams } = new URL(request.url ?? '', 'http://x');
      if (hits === 2) response.writeHead(429, { 'retry-after': '0' }).end();
      else
        response.end(
          JSON.stringify(weatherPage(items, Number(searchParams.get('page')), Number(searchParams.get('size')))),
        );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/weather`;
    results = await bed.run('etl.flight-mart', { sources: { weather: { kind: 'rest', url } } });
    mart = await currentMart(bed);
  });
  afterAll(async () => {
    server.close();
    await bed.remove();
  });

  test('the good rows still come out right', async () => {
    expect(
      await ask(
        bed.root,
        `SELECT count(*)::INT AS n, sum(distance_miles)::INT AS miles, sum(delay_minutes)::INT AS delay FROM ${mart('fact_flights')}`,
      ),
    ).toEqual([{ n: 20_000, miles: 14_476_934, delay: 154_078 }]);
  });

  test('the balance holds for each source', () => {
    expect(results.summary).toMatchObject({
      totals: {
        flights: { read: 20_006, loaded: 20_000, quarantined: 6, filtered: 0, balanced: true },
        airports: { read: 3_378, loaded: 3_376, quarantined: 2, balanced: true },
        weather: { read: 2_923, loaded: 2_922, quarantined: 1, balanced: true },
      },
    });
  });

  test('every rejected row is there with its line, the stage that rejected it, and why', async () => {
    const rows = await ask(
      bed.root,
      `SELECT _row::INT AS line, stage, reason FROM read_csv('${join(bed.root, `runs/${runId(1)}/quarantine/flights.csv`)}', all_varchar = true) ORDER BY line`,
    );
    expect(rows).toEqual([
      { line: 2, stage: 'extract', reason: '4 values where the header has 5' },
      { line: 3, stage: 'transform', reason: 'departed_at: "2001-13-45 10:00" is no time' },
      { line: 4, stage: 'transform', reason: 'delay_minutes: "5.5" is no whole number of minutes' },
      { line: 20_005, stage: 'validate', reason: 'destination: "???" is not in dim_airport' },
      { line: 20_006, stage: 'validate', reason: 'distance_miles: "-7" is below 1' },
      { line: 20_007, stage: 'extract', reason: 'a quoted value is never closed' },
    ]);
    const airports = await readFile(join(bed.root, `runs/${runId(1)}/quarantine/airports.csv`), 'utf8');
    expect(airports).toContain('iata: ""DTW"" is there already');
    expect(airports).toContain('latitude: ""142.0"" is above 90');
  });

  test('a source that is mostly rejected fails the run before anything is loaded', async () => {
    await bed.bucket.write(
      'sources/weather.csv',
      'location,date,precipitation,temp_max,temp_min,wind,weather\nX,never,1,1,1,1,x\n',
    );
    const before = await readFile(join(bed.root, 'marts/flights/current.json'), 'utf8');
    await expect(bed.run('etl.flight-mart', {}, { runId: runId(3) })).rejects.toMatchObject({
      code: 'too_many_rejects',
      class: 'data',
      message: expect.stringContaining('date: "never" is no date'),
    });
    expect(await readFile(join(bed.root, 'marts/flights/current.json'), 'utf8')).toBe(before);
  });

  test('a source that lacks a column is refused by name', async () => {
    await bed.bucket.write('sources/flights.csv', 'date,delay,distance,origin\n2001-01-01,1,1,DTW\n');
    await expect(bed.run('etl.flight-mart', {}, { runId: runId(4) })).rejects.toMatchObject({
      code: 'source_columns',
      details: { source: 'flights', missing: ['destination'] },
    });
  });
});
