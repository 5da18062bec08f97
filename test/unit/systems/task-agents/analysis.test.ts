import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../../lambdas/contracts/json.ts';
import { openDatabase } from '../../../../lambdas/duckdb/database.ts';
import { literal } from '../../../../lambdas/duckdb/sql.ts';
import { LARGEST_FILE } from '../../../../lambdas/systems/task-agents/files.ts';
import { scriptedModel } from '../../../../lambdas/testing/scripted-model.ts';
import type { TestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../../support/factories.ts';
import { taskFleet } from './support/fleet.ts';

const DATA = join(import.meta.dirname, '../../../../node_modules/vega-datasets/data');

const fleets: TestFleet[] = [];
afterEach(() => {
  for (const fleet of fleets.splice(0)) fleet.stop();
});

async function analyze(
  input: object,
  script?: Parameters<typeof scriptedModel>[0],
  files: Record<string, string | Uint8Array> = {},
  options: Parameters<typeof taskFleet>[0] = {},
) {
  const fast = script && scriptedModel(script);
  const fleet = await taskFleet({ ...options, ...(fast && { models: { fast } }) });
  fleets.push(fleet);
  for (const [key, body] of Object.entries(files)) await fleet.platform.world.bucket('task-files').write(key, body);
  const run = await fleet.run(workflow([{ id: 'do', type: 'data.analyze', input: input as JsonObject }]));
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it as they expect it to be
  return { result: run.result?.do as any, error: run.error, asked: fast?.asked ?? [] };
}
const ROWS = [
  { city: 'Oslo', sold: 10, price: 5 },
  { city: 'Oslo', sold: 20, price: 10 },
  { city: 'Bergen', sold: 30, price: 15 },
  { city: 'Bergen', sold: null, price: 20 },
];
const SALES = { tables: [{ name: 'sales', rows: ROWS }] };

describe('the data analyst', () => {
  test('profiles real files: 3,376 airports and daily weather', async () => {
    const files = {
      'in/airports.csv': await readFile(join(DATA, 'airports.csv')),
      'in/weather.csv': await readFile(join(DATA, 'seattle-weather.csv')),
    };
    const tables = [
      { name: 'airports', file: 'in/airports.csv' },
      { name: 'weather', file: 'in/weather.csv' },
    ];
    const sql = "SELECT count(*) AS rainy FROM weather WHERE weather = 'rain'";
    const { result } = await analyze({ tables, sql }, undefined, files);
    expect(result.tables).toMatchObject([
      { name: 'airports', rows: 3_376 },
      { name: 'weather', rows: 1_461 },
    ]);
    expect(result.correlations[0]).toMatchObject({
      table: 'weather',
      one: 'temp_max',
      other: 'temp_min',
      r: expect.closeTo(0.875, 2),
    });
    expect(result.figures).toMatchObject({ airports_rows: 3_376, weather_rows: 1_461, rainy: expect.any(Number) });
    const weather = result.tables[1].columns.find(({ name }: { name: string }) => name === 'weather');
    expect(weather.top).toHaveLength(5);
  });

  test('counts what is missing, and what goes together', async () => {
    const { result } = await analyze(SALES);
    const columns = Object.fromEntries(result.tables[0].columns.map((one: { name: string }) => [one.name, one]));
    expect(columns.sold).toMatchObject({ nulls: 0.25, mean: 20, min: '10', max: '30' });
    expect(columns.city.top).toEqual([
      { value: 'Bergen', rows: 2 },
      { value: 'Oslo', rows: 2 },
    ]);
    expect(result.correlations).toEqual([{ table: 'sales', one: 'sold', other: 'price', r: 1, rows: 3 }]);
    expect(result.query).toBeUndefined();
  });

  test('turns a question into a query where there is a model, and says which query it was', async () => {
    const sql = 'SELECT city, sum(sold) AS sold FROM sales GROUP BY 1 ORDER BY 2 DESC';
    const { result } = await analyze({ ...SALES, question: 'Which city sold most?' }, [{ json: { sql } }]);
    expect(result).toMatchObject({
      query: { sql, columns: ['city', 'sold'], cut: false },
      answered_by: { way: 'model' },
    });
    expect(result.query.rows.map(({ city }: { city: string }) => city)).toEqual(['Bergen', 'Oslo']);
  });

  test('stays with the profile where the model writes no query that runs, or there is no model', async () => {
    const question = { ...SALES, question: 'Which city sold most?' };
    const wrong = await analyze(question, [{ json: { sql: 'SELECT nothing FROM nowhere' } }]);
    expect(wrong.result).toMatchObject({
      answered_by: { way: 'statistics', why: expect.stringContaining('does not run') },
    });
    const none = await analyze(question);
    expect(none.result).toMatchObject({ answered_by: { why: expect.stringContaining('model_not_configured') } });
    for (const { result } of [wrong, none]) expect([result.query, result.tables[0].rows]).toEqual([undefined, 4]);
  });

  test('logs of a query that does not run that it did not, and nothing that stood in the table', async () => {
    const lines: string[] = [];
    const say = (message: string, more?: object) => void lines.push(`${message} ${JSON.stringify(more)}`);
    const logger = { debug: say, info: say, warn: say, error: say, with: () => logger };
    const script = [{ json: { sql: 'SELECT city::INT FROM sales' } }];
    const { result } = await analyze({ ...SALES, question: 'Which?' }, script, {}, { logger } as object);
    expect(result.answered_by.why).toContain('Oslo');
    expect(lines.join('\n')).toContain('answered without a model');
    expect(lines.join('\n')).not.toContain('Oslo');
  });

  test('reads files as what they are, whatever their names claim', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-parquet-'));
    const db = await openDatabase(folder, 64, new AbortController().signal);
    await db.run(`COPY (SELECT 7 AS a) TO ${literal(join(folder, 'a.parquet'))} (FORMAT parquet)`);
    db.close();
    const files = { 'in/a.csv': await readFile(join(folder, 'a.parquet')), 'in/b.csv': '[{"b": 1}, {"b": 2}]' };
    await rm(folder, { recursive: true });
    const tables = [
      { name: 'a', file: 'in/a.csv' },
      { name: 'b', file: 'in/b.csv' },
    ];
    const { result } = await analyze({ tables }, undefined, files);
    expect(result.tables).toMatchObject([
      { rows: 1, columns: [{ name: 'a', mean: 7 }] },
      { rows: 2, columns: [{ name: 'b', mean: 1.5 }] },
    ]);
  });

  test('what does not fit in memory may fill half of the disk of a Lambda, and no more', async () => {
    const sql = "SELECT value FROM duckdb_settings() WHERE name = 'max_temp_directory_size'";
    const { result } = await analyze({ ...SALES, sql });
    expect(result.query.rows).toEqual([{ value: '244.1 MiB' }]);
  });

  test('a file that is too large is not taken to the end', async () => {
    const files = { 'in/a.csv': Buffer.alloc(LARGEST_FILE + 1, 'a') };
    const { error } = await analyze({ tables: [{ name: 'a', file: 'in/a.csv' }] }, undefined, files);
    expect(error).toMatchObject({ code: 'input_too_large', class: 'data' });
  });

  test.each([
    ['a statement that writes', { ...SALES, sql: 'DROP TABLE sales' }, 'query_refused'],
    ['two statements', { ...SALES, sql: 'SELECT 1; SELECT 2' }, 'query_refused'],
    ['a file of the machine', { ...SALES, sql: "SELECT * FROM read_csv('/etc/passwd')" }, 'query_failed'],
    [
      "a way up from the table's own folder",
      { ...SALES, sql: "SELECT * FROM glob(current_setting('temp_directory') || '/../../*')" },
      'query_failed',
    ],
    [
      'a place in the network',
      { ...SALES, sql: "SELECT * FROM read_csv('https://example.com/a.csv')" },
      'query_failed',
    ],
    ['an answer without end', { ...SALES, sql: "SELECT repeat('x', 100000) FROM range(100)" }, 'query_refused'],
    ['two tables of one name', { tables: [...SALES.tables, ...SALES.tables] }, 'invalid_input'],
    ['a picture that is called a table', { tables: [{ name: 'a', file: 'in/photo.csv' }] }, 'table_not_readable'],
    ['a column that there is not', { ...SALES, sql: 'SELECT colour FROM sales' }, 'query_failed'],
    ['a file that is not there', { tables: [{ name: 'a', file: 'no.csv' }] }, 'object_missing'],
    ['a file that is no table by its name', { tables: [{ name: 'a', file: 'in/a.pdf' }] }, 'table_not_readable'],
    ['a file that is none inside', { tables: [{ name: 'a', file: 'in/a.parquet' }] }, 'table_not_readable'],
    ['a name that is no name', { tables: [{ name: 'a; drop', rows: [] }] }, 'invalid_input'],
  ])('refuses %s', async (_, input, code) => {
    const { error } = await analyze(input, undefined, {
      ...{ 'in/a.pdf': 'x', 'in/a.parquet': 'this is no Parquet' },
      'in/photo.csv': await readFile(join(DATA, 'gimp.png')),
    });
    expect(error).toMatchObject({ code, class: 'data' });
    expect(error?.message).not.toContain('muster-tables-');
  });
});
