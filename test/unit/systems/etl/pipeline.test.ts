import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../../lambdas/contracts/json.ts';
import { pipeline } from '../../../../lambdas/systems/etl/workflows/pipeline.ts';
import { checkInput } from '../../../../lambdas/workflow/definition.ts';
import { ask } from './support/ask.ts';
import { runId, type TestBed, testBed, upstreamOf } from './support/test-run.ts';

const EXAMPLE = join(import.meta.dirname, '../../../../lambdas/systems/etl/examples/pipeline.json');

let bed: TestBed;
beforeEach(async () => {
  bed = await testBed();
});
afterEach(() => bed.remove());

const PEOPLE = `id,name,born,salary,state
1, Ada ,10.12.1815,100.5,UK
2,Grace,09.12.1906,2000,US
2,Grace,09.12.1906,2000,US
3,Nobody,31.02.1900,1,US
4,,01.01.1950,5,US
5,Rich,01.01.1950,1e9,US
6,Martian,01.01.1950,7,MARS
7,"=cmd()",too,few
8,Young,01.01.2020,3,US
nine,Odd,01.01.1950,3,US
`;
const request = (rules: JsonObject[], more: JsonObject = {}): JsonObject => ({
  source: { kind: 'csv', key: 'sources/people.csv' },
  rules,
  target: { prefix: 'out/people' },
  ...more,
});
const RULES: JsonObject[] = [
  { kind: 'trim', columns: ['name'] },
  { kind: 'cast', column: 'id', to: 'integer' },
  { kind: 'cast', column: 'born', to: 'date', format: '%d.%m.%Y' },
  { kind: 'cast', column: 'salary', to: 'double' },
  { kind: 'deduplicate', columns: ['id'] },
  { kind: 'require', columns: ['name'] },
  { kind: 'range', column: 'salary', max: 1_000_000 },
  { kind: 'one_of', column: 'state', values: ['US', 'UK'] },
  { kind: 'filter', where: 'year(born) < 2000' },
  { kind: 'derive', column: 'monthly', expression: 'round(salary / 12, 2)' },
  { kind: 'rename', column: 'name', to: 'full_name' },
  { kind: 'select', columns: ['id', 'full_name', 'born', 'monthly'] },
];

describe("a pipeline of one's own", () => {
  test('works on in a fork with the files of the run that it comes from', async () => {
    await bed.bucket.write('sources/people.csv', PEOPLE);
    const { extract_source = null, transform_data = null } = await bed.run('etl.pipeline', request(RULES));
    const inputOf = (id: string) => bed.added.find((task) => task.id === id)?.input ?? null;
    const forked = (upstream: Record<string, Json>) => bed.context({ runId: runId(2), upstream: upstreamOf(upstream) });
    const again = await bed.doTask('etl.transform', inputOf('transform_data'), forked({ extract_source }));
    expect(again).toMatchObject({ rows: 2, key: `runs/${runId(2)}/transformed/data.parquet` });
    for (const transformed of [transform_data, again]) {
      const upstream = { extract_source, transform_data: transformed };
      const checked = await bed.doTask('etl.validate', inputOf('validate'), forked(upstream));
      expect(checked).toMatchObject({ sources: { source: { read: 10, loaded: 2, quarantined: 6, filtered: 2 } } });
    }
  });

  test('rules are applied in order, and what they refuse is quarantined with line and reason', async () => {
    await bed.bucket.write('sources/people.csv', PEOPLE);
    const results = await bed.run('etl.pipeline', request(RULES));
    expect(
      await ask(
        bed.root,
        `SELECT id, full_name, born::VARCHAR AS born, monthly FROM {out/people/runs/${runId(1)}/data.parquet}`,
      ),
    ).toEqual([
      { id: 1, full_name: 'Ada', born: '1815-12-10', monthly: 8.38 },
      { id: 2, full_name: 'Grace', born: '1906-12-09', monthly: 166.67 },
    ]);
    expect(results.summary).toMatchObject({
      totals: { source: { read: 10, loaded: 2, quarantined: 6, filtered: 2, balanced: true } },
      mart: { rows: 2 },
    });
    const quarantine = await ask(
      bed.root,
      `SELECT _row::INT AS line, reason FROM read_csv('${join(bed.root, `runs/${runId(1)}/quarantine/source.csv`)}', all_varchar = true) ORDER BY line`,
    );
    expect(quarantine).toEqual([
      { line: 5, reason: 'born: "31.02.1900" is no date of the form %d.%m.%Y' },
      { line: 6, reason: 'name: is missing' },
      { line: 7, reason: 'salary: "1000000000.0" is above 1000000' },
      { line: 8, reason: 'state: "MARS" is not one of the allowed values' },
      { line: 9, reason: '4 values where the header has 5' },
      { line: 11, reason: 'id: "nine" is no integer' },
    ]);
  });

  test('a text that a spreadsheet would run as a formula is made harmless in the quarantine file', async () => {
    await bed.bucket.write('sources/people.csv', 'a,b\n=1+1\n1,2\n');
    await bed.run('etl.pipeline', request([]));
    expect(await readFile(join(bed.root, `runs/${runId(1)}/quarantine/source.csv`), 'utf8')).toContain("'=1+1");
  });

  test('an integer is not made of a fraction by rounding', async () => {
    await bed.bucket.write('sources/people.csv', 'a\n3\n3.0\n3.7\n');
    const results = await bed.run('etl.pipeline', request([{ kind: 'cast', column: 'a', to: 'integer' }]));
    expect(results.summary).toMatchObject({ totals: { source: { loaded: 2, quarantined: 1 } } });
  });

  test('the example file fits the schema and runs', async () => {
    const example: JsonObject = JSON.parse(await readFile(EXAMPLE, 'utf8'));
    expect(() => checkInput(pipeline, example)).not.toThrow();
    const header =
      'Airport Name,Aircraft Make Model,Effect Amount of damage,Flight Date,Aircraft Airline Operator,Origin State,Phase of flight,Wildlife Size,Wildlife Species,Time of day,Cost Other,Cost Repair,Cost Total $,Speed IAS in knots';
    await bed.bucket.write(
      'sources/birdstrikes.csv',
      `${header}\nX,Y,Minor,1996-05-01,A,Texas,Climb,Large,Owl,Day,0,7,200000,100\n`,
    );
    await bed.run('etl.pipeline', example);
    expect(
      await ask(
        bed.root,
        `SELECT damage, cost_usd, costly, speed_kmh FROM {pipelines/bird-strikes/runs/${runId(1)}/data.parquet}`,
      ),
    ).toEqual([{ damage: 'Minor', cost_usd: 200_000, costly: true, speed_kmh: 185 }]);
  });

  test('too many rejects fail the run when the file says so', async () => {
    await bed.bucket.write('sources/people.csv', PEOPLE);
    await expect(bed.run('etl.pipeline', request(RULES, { max_rejected_share: 0.5 }))).rejects.toMatchObject({
      code: 'too_many_rejects',
    });
  });

  test('another tenant reads and writes below its own folder', async () => {
    await bed.bucket.write('sources/people.csv', 'a\nsecret\n');
    await expect(bed.run('etl.pipeline', request([]), { tenant: 'acme' })).rejects.toMatchObject({
      details: { field: 'source.key' },
    });
    await bed.bucket.write('tenants/acme/sources/people.csv', 'a\n1\n');
    await bed.run('etl.pipeline', request([]), { tenant: 'acme' });
    const keys = (await bed.bucket.list('')).map(({ key }) => key);
    expect(keys.filter((key) => !key.startsWith('tenants/acme/'))).toEqual(['sources/people.csv']);
  });
});

describe('a pipeline file with a mistake', () => {
  test.each<[string, JsonObject, string]>([
    [
      'an unknown kind of rule',
      request([{ kind: 'rename', column: 'id', to: 'x' }, { kind: 'explode' }]),
      'rules.1.kind',
    ],
    ['a column of the wrong type', request([{ kind: 'cast', column: 7, to: 'date' }]), 'rules.0.column'],
    ['an unknown type', request([{ kind: 'cast', column: 'id', to: 'colour' }]), 'rules.0.to'],
    ['a property nobody knows', request([{ kind: 'cast', column: 'id', to: 'date', fromat: '%Y' }]), 'rules.0.fromat'],
    ['a column the file does not have', request([{ kind: 'require', columns: ['id', 'age'] }]), 'rules.0.columns.1'],
    [
      'a column that an earlier rule renamed',
      request([
        { kind: 'rename', column: 'id', to: 'x' },
        { kind: 'range', column: 'id', min: 1 },
      ]),
      'rules.1.column',
    ],
    ['a column in an expression that is not there', request([{ kind: 'filter', where: 'age > 3' }]), 'rules.0.where'],
    [
      'a statement for an expression',
      request([{ kind: 'derive', column: 'x', expression: '1; DROP TABLE data' }]),
      'rules.0.expression',
    ],
    ['a pattern that is none', request([{ kind: 'matches', column: 'id', pattern: '(' }]), 'rules.0.pattern'],
    ['a range without ends', request([{ kind: 'range', column: 'id' }]), 'rules.0.min'],
    ['a range upside down', request([{ kind: 'range', column: 'id', min: 2, max: 1 }]), 'rules.0.max'],
    ['a file that is not there', request([], { source: { kind: 'csv', key: 'sources/nowhere.csv' } }), 'source.key'],
    ['no target', { source: { kind: 'csv', key: 'sources/people.csv' } }, 'target'],
    [
      'table and query at once',
      request([], { source: { kind: 'postgres', table: 'a', query: 'select 1' } }),
      'source.table',
    ],
    [
      'an expression of workflow definitions',
      request([{ kind: 'one_of', column: 'id', values: ['{% $input %}'] }]),
      'rules.0.values.0',
    ],
  ])('%s: the error points at it and nothing is planned', async (_, input, field) => {
    await bed.bucket.write('sources/people.csv', PEOPLE);
    await expect(bed.run('etl.pipeline', input)).rejects.toMatchObject({
      code: 'pipeline_invalid',
      class: 'data',
      message: expect.stringContaining(field.replace(/\.fromat$/, '')),
      details: { field },
    });
    expect(bed.added).toEqual([]);
  });

  test('the message says what would be right', async () => {
    await bed.bucket.write('sources/people.csv', PEOPLE);
    await expect(bed.run('etl.pipeline', request([{ kind: 'drop', columns: ['ID', 'nmae'] }]))).rejects.toThrow(
      'rules.0.columns.1: there is no column "nmae" here; there are "id", "name", "born", "salary", "state"',
    );
    await expect(bed.run('etl.pipeline', request([{ kind: 'explode' }]))).rejects.toThrow('"kind" is rename, select');
  });
});
