import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { queryRows, withMart } from '../../bin/cloud/open-mart.ts';
import type { RunView, TaskView } from '../../bin/views/run-view.ts';
import { TestCloud } from '../support/local-cloud/test-cloud.ts';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await TestCloud.connect();
});
afterAll(() => cloud?.close());

/** Runs a flight mart of its own; `disturb` sees each change and may do harm. */
async function flightMart(name: string, disturb: (view: RunView) => void): Promise<RunView> {
  const target = { prefix: `marts/${name}`, postgres: { schema: `mart_${name}` } };
  const input = { ...cloud.flightMartInput, target };
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

interface Victim {
  /** Part of the function's name. */
  readonly lambda: string;
  readonly mart: string;
  readonly when: (view: RunView) => boolean;
}

const VICTIMS: readonly Victim[] = [
  { lambda: 'EtlExtractor', mart: 'extractor', when: ({ tasks }) => tasks.some(isRunning('etl-extractor')) },
  { lambda: 'EtlTransformer', mart: 'transformer', when: ({ tasks }) => tasks.some(isRunning('etl-transformer')) },
  { lambda: 'EtlLoader', mart: 'loader', when: ({ tasks }) => tasks.some(isRunning('etl-loader')) },
  { lambda: 'LambdasCoordinator', mart: 'coordinator', when: ({ tasks }) => tasks.length > 1 },
];

/** Kills a part in the middle of a run. The second promise is the run's end. */
async function runAndKill({ lambda, mart, when }: Victim): Promise<{ killed: number; ended: Promise<RunView> }> {
  const killed = Promise.withResolvers<number>();
  let found = false;
  const ended = flightMart(mart, (view) => {
    if (found || !when(view)) return;
    found = true;
    // The journal says "running" a little before the message arrives.
    setTimeout(() => killed.resolve(cloud.killWorkers(lambda)), 100);
  });
  return { killed: await killed.promise, ended };
}

describe('the flight mart comes out right when', () => {
  test('the Lambda of the extractor, transformer, loader or coordinator is killed in the middle', async () => {
    // A process that dies before it has started hides its message for the inbox's full visibility: let all be warm.
    await expectRightTotals('warm', await flightMart('warm', () => {}));
    const runs: Array<Promise<void>> = [];
    for (const victim of VICTIMS) {
      const { killed, ended } = await runAndKill(victim);
      expect([victim.lambda, killed > 0]).toEqual([victim.lambda, true]);
      // Each waits a minute or more until its messages are visible again; the next kill need not wait for that.
      runs.push(ended.then((view) => expectRightTotals(victim.mart, view)));
    }
    await Promise.all(runs);
  }, 600_000);

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
