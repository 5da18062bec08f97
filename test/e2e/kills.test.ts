import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { queryRows, withMart } from '../../bin/cloud/open-mart.ts';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import type { RunView, TaskView } from '../../lambdas/views/run-view.ts';
import { TestCloud } from '../support/local-cloud/test-cloud.ts';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await TestCloud.connect();
});
afterAll(() => cloud?.close());

/** Runs a flight mart of its own; `disturb` sees each change and may do harm. */
async function flightMart(name: string, disturb: (view: RunView) => void, sources: JsonObject = {}): Promise<RunView> {
  const target = { prefix: `marts/${name}`, postgres: { schema: `mart_${name}` } };
  const input = { ...cloud.flightMartInput, sources: { ...Object(cloud.flightMartInput.sources), ...sources }, target };
  const runId = await cloud.request('etl.flight-mart', { requestId: randomUUID(), input });
  return cloud.ended(runId, disturb);
}

async function expectRightTotals(name: string, view: RunView): Promise<void> {
  expect(view).toMatchObject({ status: 'completed' });
  const totals = `select count(*) as flights, sum(distance_miles) as miles, sum(delay_minutes) as delay from fact_flights`;
  expect(await withMart(cloud.session, `marts/${name}`, ({ db }) => queryRows(db, totals))).toEqual([
    { flights: 20_000, miles: 14_476_934, delay: 154_078 },
  ]);
}

const isRunning = (agent: string) => (task: TaskView) => task.agent === agent && task.status === 'running';

/** The weather API, but each page takes its time. */
async function slowWeather(delayMs: number): Promise<{ url: string; close(): void }> {
  const real = new URL(cloud.weatherUrl);
  const server = createServer(async (request, response) => {
    await sleep(delayMs);
    const page = await fetch(new URL(request.url ?? '/', real));
    const text = (await page.text()).replaceAll(real.origin, `http://${request.headers.host}`);
    response.writeHead(page.status, { 'content-type': 'application/json' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${real.pathname}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('the flight mart comes out right when', () => {
  test("an agent's Lambda is killed in the middle of its work", async () => {
    const weather = await slowWeather(500);
    const killed = Promise.withResolvers<number>();
    let armed = false;
    try {
      const view = await flightMart(
        'extractor',
        ({ tasks }) => {
          const running = tasks.filter(isRunning('etl-extractor'));
          if (armed || running.length !== 1 || running[0]?.id !== 'extract_weather') return;
          armed = true;
          setTimeout(() => killed.resolve(cloud.killWorkers('EtlExtractor')), 1_000);
        },
        { weather: { kind: 'rest', url: weather.url } },
      );
      expect(armed).toBe(true);
      expect(await killed.promise).toBeGreaterThan(0);
      await expectRightTotals('extractor', view);
    } finally {
      weather.close();
    }
  });

  test('the Lambda of the coordinator is killed in the middle of the run', async () => {
    let killed = 0;
    const view = await flightMart('coordinator', ({ tasks }) => {
      if (killed === 0 && tasks.length > 1) killed = cloud.killWorkers('LambdasCoordinator');
    });
    expect(killed).toBeGreaterThan(0);
    await expectRightTotals('coordinator', view);
  });

  test('PostgreSQL crashes when extraction begins and comes back seconds later', async () => {
    let back: Promise<void> | undefined;
    const view = await flightMart('postgres', ({ tasks }) => {
      if (back || !tasks.some(isRunning('etl-extractor'))) return;
      back = cloud.postgres.crash().then(async () => {
        await sleep(2_000);
        await cloud.postgres.start();
      });
    });
    expect(back).toBeDefined();
    await back;
    await expectRightTotals('postgres', view);
  });
});
