import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { percentile } from '../../bin/cloud/read-figures.ts';
import { randomOf } from '../simulation/random.ts';
import { ProbeRuns } from '../support/probe/probe-runs.ts';
import { checkReplays, checkRest, checkRun } from './check.ts';
import { Havoc } from './havoc.ts';
import { Operator } from './operator.ts';
import { type PlannedRun, planRun } from './plan-run.ts';

const MINUTES = Number(process.env.MUSTER_SOAK_MINUTES ?? 10);
const SEED = Number(process.env.MUSTER_SOAK_SEED ?? Math.floor(Math.random() * 1_000_000));
/** Runs that are open at the same time. */
const OPEN = 20;
const MINUTE_MS = 60_000;
/** What a killed Lambda of the platform had in hand comes back after three minutes at most, and is not killed again. */
const CALM_MS = 8 * MINUTE_MS;
/** An agent killed as it took a message leaves that hidden for six times its timeout; its run does not wait for it. */
const REST_MS = 14 * MINUTE_MS;

interface Asked {
  readonly plan: PlannedRun;
  readonly at: number;
  endedAt?: number;
}

let probe: ProbeRuns;
let havoc: Havoc;
const asked = new Map<string, Asked>();
const violations: string[] = [];

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('decision_requested', 'channel.probe.payment');
});
afterAll(async () => {
  // When the test has failed half way, nobody waits for those that are held.
  havoc?.stop().catch(() => {});
  await probe?.close();
});

const openRuns = (): string[] => [...asked].flatMap(([runId, { endedAt }]) => (endedAt === undefined ? [runId] : []));

async function ask(plan: PlannedRun): Promise<void> {
  const requestId = randomUUID();
  const { tenant, definition } = plan;
  const runId = await probe.cloud.request('soak.load', { requestId, tenant, definition });
  asked.set(runId, { plan, at: Date.now() });
  for (const { key, payload, afterMs } of plan.signals) {
    const event = { request_id: requestId, tenant, event: 'go', key, payload, event_id: randomUUID() };
    const send = () => probe.cloud.publish('workflow_event', event);
    setTimeout(
      () => void send().catch((error: unknown) => violations.push(`${runId} was sent no event: ${error}`)),
      afterMs,
    );
  }
}

async function noteEnds(): Promise<void> {
  const records = await Promise.all(openRuns().map((runId) => probe.cloud.session.runs.get(runId)));
  for (const record of records) {
    const run = record && asked.get(record.runId);
    if (run && record.endedAt !== undefined) run.endedAt = record.endedAt;
  }
}

test(
  `random runs complete, pay once and leave nothing behind, whatever is killed meanwhile (seed ${SEED})`,
  async () => {
    const { cloud } = probe;
    const random = randomOf(SEED);
    const operator = new Operator(probe, (runId, task) => asked.get(runId)?.plan.payments.get(task));
    havoc = new Havoc(cloud, random.fork('havoc'));
    const startedAt = Date.now();
    let toldAt = startedAt;
    let restless: string[] = [];

    const look = async (): Promise<void> => {
      await operator.serve();
      await noteEnds();
      await sleep(1_000);
      if (Date.now() - toldAt < MINUTE_MS) return;
      toldAt = Date.now();
      const open = openRuns().length;
      const repaired = Object.values(operator.repaired).reduce((sum, count) => sum + count, 0);
      process.stderr.write(
        `soak ${Math.round((toldAt - startedAt) / MINUTE_MS)} min: ${asked.size - open} runs done, ${open} open; ` +
          `${havoc.kills} processes killed, ${havoc.holds} holds; ${operator.answered} questions answered, ` +
          `${repaired} messages repaired${open === 0 ? `; ${restless.join(', ')}` : ''}\n`,
      );
    };

    while (Date.now() - startedAt < MINUTES * MINUTE_MS) {
      while (openRuns().length < OPEN) await ask(planRun(random.fork(`run ${asked.size}`), asked.size));
      await look();
    }
    await havoc.stop();
    const calmSince = Date.now();
    do {
      await look();
      restless = openRuns().length === 0 ? await checkRest(cloud) : [];
    } while (Date.now() - calmSince < (openRuns().length > 0 ? CALM_MS : restless.length > 0 ? REST_MS : 0));

    violations.push(...(await operator.repair()), ...(await checkRest(cloud)), ...(await checkReplays(cloud)));
    const payments = await operator.payments();
    for (const [runId, { plan }] of asked)
      violations.push(...(await checkRun(cloud, runId, plan, payments.get(runId))));
    const seconds = [...asked.values()].flatMap(({ at, endedAt }) =>
      endedAt === undefined ? [] : (endedAt - at) / 1_000,
    );
    const tasks = [...asked.values()].reduce((sum, { plan }) => sum + Object.keys(plan.answers).length, 0);
    const figures = {
      ...{ seed: SEED, minutes: MINUTES, runs: asked.size, tasks, kills: havoc.kills },
      ...{ p50_s: percentile(seconds, 0.5), p99_s: percentile(seconds, 0.99) },
      ...{ questions: operator.answered, repaired: operator.repaired, violations },
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    expect(violations).toEqual([]);
  },
  MINUTES * MINUTE_MS + REST_MS + 10 * MINUTE_MS,
);
