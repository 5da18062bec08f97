import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { queryRows, withMart } from '../../bin/cloud/open-mart.ts';
import { Summary } from '../../lambdas/systems/etl/task-shapes.ts';
import type { RunView } from '../../lambdas/views/run-view.ts';
import type { BusTap } from '../support/local-cloud/bus-tap.ts';
import { runCli } from '../support/local-cloud/run-cli.ts';
import { TestCloud } from '../support/local-cloud/test-cloud.ts';

let cloud: TestCloud;
let tap: BusTap;
let runId: string;
let run: RunView;

beforeAll(async () => {
  cloud = await TestCloud.connect();
  tap = await cloud.tap('workflow_started', 'task_completed', 'workflow_completed', 'workflow_failed', 'coordination');
  runId = await cloud.request('etl.flight-mart', { requestId: randomUUID(), input: cloud.flightMartInput });
  run = await cloud.ended(runId);
});
afterAll(() => cloud?.close());

const inMart = (sql: string) => withMart(cloud.session, 'marts/flights', ({ db }) => queryRows(db, sql));

async function inTarget(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: cloud.targetUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('etl.flight-mart, requested on the bus', () => {
  test('ends well, with every task done', () => {
    expect(run.error).toBeUndefined();
    expect(run.status).toBe('completed');
    expect(run.tasks.map(({ status }) => status)).toEqual(run.tasks.map(() => 'completed'));
  });

  test('leaves a mart in Parquet that knows the truths of its sources', async () => {
    expect(
      await inMart(`select count(*) as flights, sum(distance_miles) as miles, sum(delay_minutes) as delay,
        count(distinct origin) as origins from fact_flights`),
    ).toEqual([{ flights: 20_000, miles: 14_476_934, delay: 154_078, origins: 220 }]);
  });

  test('knows every airport that a flight names', async () => {
    expect(
      await inMart(`select count(*) as unknown from (select origin as iata from fact_flights union all
        select destination from fact_flights) anti join dim_airport using (iata)`),
    ).toEqual([{ unknown: 0 }]);
  });

  test('leaves the same mart in PostgreSQL', async () => {
    expect(
      await inTarget(`select count(*)::int as flights, sum(distance_miles)::int as miles, sum(delay_minutes)::int as delay,
        count(distinct origin)::int as origins from mart.fact_flights`),
    ).toEqual([{ flights: 20_000, miles: 14_476_934, delay: 154_078, origins: 220 }]);
  });

  test('accounts for every row of every source: read = loaded + quarantined + filtered', async () => {
    const { totals } = Summary.parse(await cloud.result(run));
    expect(Object.fromEntries(Object.entries(totals).map(([name, { read }]) => [name, read]))).toEqual({
      flights: 20_000,
      airports: 3_376,
      birdstrikes: 10_000,
      weather: 2_922,
    });
    for (const { read, loaded, quarantined, filtered } of Object.values(totals))
      expect(loaded + quarantined + filtered).toBe(read);
  });

  test('tells the bus that it started, what was done, and that it ended, each once', async () => {
    const mine = await cloud.eventually(async () => {
      const events = (await tap.read()).filter(({ detail }) => detail.workflow_id === runId);
      return events.some(({ name }) => name === 'workflow_completed') && events;
    });
    const named = (name: string) => mine.filter((event) => event.name === name);
    expect(named('workflow_started')).toHaveLength(1);
    expect(named('workflow_completed')).toHaveLength(1);
    expect(named('workflow_failed')).toHaveLength(0);
    expect(
      named('task_completed')
        .map(({ detail }) => detail.task_id)
        .sort(),
    ).toEqual(run.tasks.map(({ id }) => id).sort());
    expect(new Set(mine.map(({ source }) => source))).toContain('muster.platform');
  });

  test('can be asked about from the command line', async () => {
    const status = await runCli(['status', runId.slice(0, 16), '--json']);
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(status.stdout)).toMatchObject({ run_id: runId, status: 'completed' });

    const counted = await runCli(['query', 'select count(*) as flights from fact_flights', '--json']);
    expect(JSON.parse(counted.stdout)).toEqual([{ flights: 20_000 }]);
  });
});
