import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { runCli } from '../support/local-cloud/run-cli.ts';
import { registeredPeers } from '../support/probe/fresh-peers.ts';
import { agentsOf, attemptsOf, type EndedRun, ProbeRuns, taskOf } from '../support/probe/probe-runs.ts';

const GAMMA = 'probe-gamma';
const OTHERS = ['probe-alpha', 'probe-beta'];

let probe: ProbeRuns;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('agent_health', 'resource_threshold');
});
afterAll(() => probe?.close());

/** Only gamma may do it. */
const named = (id: string, input: JsonObject = {}): JsonObject => ({
  ...{ id, type: 'probe.shared', agent: GAMMA, input },
});
const crowd = (count: number, more: JsonObject = {}): JsonObject[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ id: `task${index}`, type: 'probe.shared', input: {}, select: 'round_robin' },
    ...more,
  }));

/** Runs crowds until all of one were sent for this reason: coordinators keep what they know of agents for some seconds. */
const untilChosen = (why: string): Promise<EndedRun> =>
  probe.cloud.eventually(async () => {
    await sleep(300);
    const run = await probe.run(crowd(3));
    return run.tasks.every((task) => task.why === why) && run;
  });
async function set(agents: readonly string[], state: string): Promise<void> {
  for (const agent of agents) {
    await probe.cloud.publish('agent_state_requested', { agent, state, reason: 'a new engine', requested_by: 'ann' });
  }
}

/** Gamma in a new process, whose figures come from one task of so long, and judged by them. */
async function judgeGammaBy(ms: number, isHealthy: boolean): Promise<void> {
  const { cloud } = probe;
  cloud.killWorkers('ProbeGamma');
  await probe.run([named('a', { work: { ms } })]);
  await cloud.eventually(async () => {
    // The monitor too keeps what it knows of agents for some seconds.
    await cloud.invoke('MonitorSchedule');
    const gamma = (await registeredPeers(cloud)).find(({ name }) => name === GAMMA);
    return gamma?.load?.health?.is_healthy === isHealthy;
  });
}
const aboutGamma = async (name: string): Promise<JsonObject[]> =>
  (await probe.all(name)).filter(({ agent, agent_id }) => (agent ?? agent_id) === GAMMA);

describe('an agent over a threshold', () => {
  test('is passed over while a healthy one is there, and is back when its figures are', async () => {
    await judgeGammaBy(2_500, false);
    expect(await probe.cloud.eventually(async () => (await aboutGamma('resource_threshold'))[0])).toMatchObject({
      resource: 'avg_processing_time',
      threshold: 2,
    });
    expect((await aboutGamma('agent_health')).at(-1)).toMatchObject({
      is_healthy: false,
      issues: ['High response time'],
    });
    expect(agentsOf(await untilChosen('round robin over 2'))).not.toContain(GAMMA);
    const run = await probe.run([named('only')]);
    expect(taskOf(run, 'only')).toMatchObject({
      status: 'completed',
      why: 'named by the definition; unhealthy, but no healthy one is left',
    });

    await judgeGammaBy(0, true);
    expect(agentsOf(await untilChosen('round robin over 3'))).toContain(GAMMA);
  });
});

describe('an agent in maintenance', () => {
  test('gets nothing, its peers do its work, and what only it may do waits', async () => {
    const out = await runCli(['agents', 'set', GAMMA, 'maintenance', '--reason', 'a new engine', '--as', 'ann']);
    expect(out).toMatchObject({ code: 0, stdout: expect.stringContaining('out of the pool') });
    try {
      expect(agentsOf(await untilChosen('round robin over 2'))).not.toContain(GAMMA);
      const runId = await probe.start([named('held')]);
      const held = await probe.task(runId, 'held', ({ on }) => on?.for === 'agent');
      expect(held.on).toMatchObject({ reason: `agent "${GAMMA}" is in maintenance: a new engine` });
      const { stdout } = await runCli(['agents']);
      expect(stdout).toMatch(/probe-gamma +1\.0\.0 +maintenance/);
      await probe.cloud.publish('workflow_cancel_requested', { workflow_id: runId });
      expect(await probe.ended(runId)).toMatchObject({ status: 'cancelled' });
    } finally {
      await runCli(['agents', 'set', GAMMA, 'ready', '--reason', 'it runs']);
    }
    expect(agentsOf(await untilChosen('round robin over 3'))).toContain(GAMMA);
    expect(await aboutGamma('agent_health')).toContainEqual(
      expect.objectContaining({ state: 'maintenance', set_by: 'ann', reason: 'a new engine' }),
    );
  });

  test('loses what waits in its inbox to its peers, and keeps what it has begun', async () => {
    await set(OTHERS, 'maintenance');
    try {
      await untilChosen('only one of 3 for probe.shared that can be sent work');
      // Three fill the lane; gamma would be free for the others only after all of them are looked at.
      const input = { work: { ms: 40_000, agent: GAMMA } };
      const runId = await probe.start(crowd(5, { input, timeoutSeconds: 60 }));
      await probe.until(runId, ({ tasks }) => tasks.length === 5 && tasks.every(({ agent }) => agent === GAMMA));
      await set(OTHERS, 'ready');
      await set([GAMMA], 'maintenance');

      const run = await probe.ended(runId);
      expect(run.status).toBe('completed');
      const histories = run.tasks.map(({ id }) => attemptsOf(run, id));
      const kept = histories.filter(([first]) => first?.outcome === 'completed');
      const moved = histories.filter(([first]) => first?.outcome === 'rerouted');
      expect([kept.length, moved.length]).toEqual([3, 2]);
      for (const [, second, ...more] of moved) {
        expect(OTHERS).toContain(second?.agent);
        expect([second?.outcome, more]).toEqual(['completed', []]);
      }
    } finally {
      await set(OTHERS, 'ready');
      await set([GAMMA], 'ready');
      // It begins late what others have done meanwhile.
      probe.cloud.killWorkers('ProbeGamma');
    }
    await untilChosen('round robin over 3');
  });
});
