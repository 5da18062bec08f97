import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { muster } from '../support/local-cloud/muster.ts';
import { forgetAgents, registeredPeers } from '../support/probe/fresh-peers.ts';
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

/** Runs crowds until all of one were sent for this reason. */
const untilChosen = (why: string): Promise<EndedRun> =>
  probe.cloud.eventually(async () => {
    await forgetAgents(probe.cloud);
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
    await forgetAgents(cloud);
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
  /** Of five tasks that only gamma could have, three fill its lane for most of a minute: longer than until they are looked at. */
  let atWork: string;

  beforeAll(async () => {
    await set(OTHERS, 'maintenance');
    await untilChosen('only one of 3 for probe.shared that can be sent work');
    const input = { work: { ms: 40_000, agent: GAMMA } };
    atWork = await probe.start(crowd(5, { input, timeoutSeconds: 60 }));
    await probe.until(atWork, ({ tasks }) => tasks.length === 5 && tasks.every(({ agent }) => agent === GAMMA));
    await set(OTHERS, 'ready');
  });
  afterAll(async () => {
    await set([...OTHERS, GAMMA], 'ready');
  });

  test('gets nothing, its peers do its work, and what only it may do waits', async () => {
    const out = await muster('agents', 'set', GAMMA, 'maintenance', '--reason', 'a new engine', '--as', 'ann');
    expect(out).toContain('out of the pool');
    expect(agentsOf(await untilChosen('round robin over 2'))).not.toContain(GAMMA);
    const runId = await probe.start([named('held')]);
    const held = await probe.task(runId, 'held', ({ on }) => on?.for === 'agent');
    expect(held.on).toMatchObject({ reason: `agent "${GAMMA}" is in maintenance: a new engine` });
    expect(await muster('agents')).toMatch(/probe-gamma +1\.0\.0 +maintenance/);
    await probe.cloud.publish('workflow_cancel_requested', { workflow_id: runId });
    expect(await probe.ended(runId)).toMatchObject({ status: 'cancelled' });
    expect(await aboutGamma('agent_health')).toContainEqual(
      expect.objectContaining({ state: 'maintenance', set_by: 'ann', reason: 'a new engine' }),
    );
  });

  test('loses what waits in its inbox to its peers, and keeps what it has begun', async () => {
    const run = await probe.ended(atWork);
    expect(run.status).toBe('completed');
    const histories = run.tasks.map(({ id }) => attemptsOf(run, id));
    const kept = histories.filter(([first]) => first?.outcome === 'completed');
    const moved = histories.filter(([first]) => first?.outcome === 'rerouted');
    expect([kept.length, moved.length]).toEqual([3, 2]);
    for (const [, second, ...more] of moved) {
      expect(OTHERS).toContain(second?.agent);
      expect([second?.outcome, more]).toEqual(['completed', []]);
    }
  });

  test('has its turn again once it is ready', async () => {
    await muster('agents', 'set', GAMMA, 'ready', '--reason', 'it runs');
    // It begins late what others have done meanwhile.
    probe.cloud.killWorkers('ProbeGamma');
    expect(agentsOf(await untilChosen('round robin over 3'))).toContain(GAMMA);
  });
});
