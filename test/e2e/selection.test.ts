import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dynamoRegistryWriter } from '../../lambdas/adapters/aws/dynamo-registry.ts';
import { s3Blobs } from '../../lambdas/adapters/aws/s3-blobs.ts';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import type { RegistryWriter } from '../../lambdas/runtime/ports.ts';
import type { RunView } from '../../lambdas/views/run-view.ts';
import { runCli } from '../support/local-cloud/run-cli.ts';
import { freshenPeers, PEERS, registeredPeers } from '../support/probe/fresh-peers.ts';
import { agentsOf, ProbeRuns, taskOf } from '../support/probe/probe-runs.ts';

const [ALPHA = '', BETA = '', GAMMA = ''] = PEERS;
const NEWCOMER = 'probe-newcomer';

let probe: ProbeRuns;
let registry: RegistryWriter;
/** Began before the newcomer came, and waits. */
let olderRun: string;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('agent_status');
  const { aws } = probe.cloud.session;
  const blobs = s3Blobs(aws.s3, probe.cloud.output('BlobBucketName'));
  registry = dynamoRegistryWriter(aws.dynamo, probe.cloud.output('RegistryTableName'), blobs);
  olderRun = await probe.start([
    { id: 'wait', waitFor: { event: 'go' } },
    { id: 'work', type: 'probe.contract', input: {}, dependsOn: ['wait'] },
  ]);
  await probe.task(olderRun, 'wait', ({ status }) => status === 'suspended');
  await registerNewcomer();
  await freshenPeers(probe);
});
afterAll(async () => {
  await registry?.removeAgent(NEWCOMER);
  await probe?.close();
});

/** What a deploy of an agent with the next major version of a contract says; its inbox leads nowhere. */
async function registerNewcomer(): Promise<void> {
  const agents = await probe.cloud.session.registry.agents();
  const payer = agents.find(({ name }) => name === 'probe-payer');
  if (!payer) throw new Error('probe-payer is not registered');
  const { load: _, role_id: __, ...registration } = payer;
  const { 'probe.contract': contract } = payer.capabilities;
  if (!contract) throw new Error('probe-payer can not do probe.contract');
  const inbox = {
    express: probe.cloud.output('ProbeWorkerExpressUrl'),
    standard: probe.cloud.output('ProbeWorkerStandardUrl'),
  };
  const capabilities = { 'probe.contract': contract };
  await registry.registerAgent({ ...registration, name: NEWCOMER, version: '3.0.0', capabilities, inbox });
}

/** So many tasks at once that any peer can do. */
const crowd = (count: number, more: JsonObject = {}): JsonObject[] =>
  Array.from({ length: count }, (_, index) => ({ id: `task${index}`, type: 'probe.shared', input: {}, ...more }));
/** One after the other, so that none adds to the load that the next one finds. */
const chain = (count: number, more: JsonObject): JsonObject[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ id: `task${index}`, input: {}, dependsOn: index === 0 ? [] : [`task${index - 1}`] },
    ...more,
  }));

const reasonsOf = ({ tasks }: Pick<RunView, 'tasks'>): string[] => [...new Set(tasks.map(({ why = '' }) => why))];
/** How many tasks alpha, beta and gamma got. */
const sharesOf = (view: Pick<RunView, 'tasks'>): number[] =>
  PEERS.map((name) => agentsOf(view).filter((agent) => agent === name).length);

describe('among agents that can do the same', () => {
  test('response_time chooses the one that was fastest', async () => {
    const known = (await registeredPeers(probe.cloud)).map(({ name, load }) => ({
      name,
      ms: load?.stats?.ewma_latency_ms ?? Number.POSITIVE_INFINITY,
    }));
    // Whole milliseconds: two of them may have been equally fast.
    const least = Math.min(...known.map(({ ms }) => ms));
    const fastest = known.filter(({ ms }) => ms === least).map(({ name }) => name);
    const run = await probe.run({ select: 'response_time', tasks: crowd(6) });
    expect(fastest).toEqual(expect.arrayContaining([...new Set(agentsOf(run))]));
    expect(reasonsOf(run)).toEqual([`fastest of 3: ${Math.round(least)} ms`]);
  });

  test('near prefers the one that is there', async () => {
    const [north, south, nowhere] = await Promise.all(
      ['north', 'south', 'moon'].map((place) =>
        probe.run(chain(3, { type: 'probe.pair', near: '{% $input.place %}' }), { input: { place } }),
      ),
    );
    expect(north && agentsOf(north)).toEqual([ALPHA, ALPHA, ALPHA]);
    expect(south && agentsOf(south)).toEqual([BETA, BETA, BETA]);
    expect(south && reasonsOf(south)).toEqual([expect.stringMatching(/^score .* near south$/)]);
    expect(nowhere && reasonsOf(nowhere)).toEqual([expect.stringMatching(/not near moon$/)]);
  });

  test('score, the default, weighs up cost: what costs a thousand times more waits until others are busy', async () => {
    const run = await probe.run(crowd(12));
    const [alpha = 0, beta = 0, gamma] = sharesOf(run);
    expect(Math.min(alpha, beta)).toBeGreaterThan(0);
    expect(gamma).toBe(0);
    for (const why of reasonsOf(run))
      expect(why).toMatch(/^score [\d.e-]+: success 100 %, \d+ ms, \d+ queued, cost 1$/);
  });

  test('least_loaded spreads a crowd evenly', async () => {
    const run = await probe.run(crowd(12, { select: 'least_loaded' }));
    expect(sharesOf(run)).toEqual([4, 4, 4]);
    expect(reasonsOf(run)).toEqual(['least loaded of 3']);
  });

  test('round_robin gives each its turn, in this run and the next', async () => {
    const run = await probe.run(chain(6, { type: 'probe.shared', select: 'round_robin' }));
    expect(sharesOf(run)).toEqual([2, 2, 2]);
    expect(agentsOf(run).slice(3)).toEqual(agentsOf(run).slice(0, 3));
    const { stdout } = await runCli(['status', run.runId, '--why']);
    expect(stdout.match(/chosen: round robin over 3/g)).toHaveLength(6);
  });

  test('weighted follows the weights of their manifests', async () => {
    const run = await probe.run({ select: 'weighted', tasks: crowd(60) });
    const reasons = new Map([
      [ALPHA, 'weight 6 of 10'],
      [BETA, 'weight 3 of 10'],
      [GAMMA, 'weight 1 of 10'],
    ]);
    for (const { agent = '', why } of run.tasks) expect([agent, why]).toEqual([agent, reasons.get(agent)]);
    // 36, 18 and 6 are expected. Less than one run in ten million has an alpha below 15 or a gamma above 25.
    const [alpha, , gamma] = sharesOf(run);
    expect(alpha).toBeGreaterThanOrEqual(15);
    expect(gamma).toBeLessThanOrEqual(25);
  });
});

describe('a contract', () => {
  test('stays what it was when its run began; new runs go to its next major version', async () => {
    const newer = await probe.start([{ id: 'work', type: 'probe.contract', input: {} }]);
    const { agent, why } = await probe.task(newer, 'work', ({ status }) => status === 'running');
    expect([agent, why]).toEqual([NEWCOMER, 'only agent for probe.contract']);
    await probe.cloud.publish('workflow_cancel_requested', { workflow_id: newer });
    await probe.cloud.publish('workflow_event', { workflow_id: olderRun, event: 'go' });
    // Alpha speaks version 1, the newcomer version 3.
    const older = await probe.ended(olderRun);
    expect(taskOf(older, 'work')).toMatchObject({ status: 'completed', agent: 'probe-payer' });
  });
});
