import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { muster, musterJson, refusedBy } from '../support/local-cloud/muster.ts';
import { type Reaction, type SeenRequest, says, scriptedEndpoint } from '../support/models/scripted-endpoint.ts';
import { PROBE_MODEL_PORT } from '../support/probe/probe-models.ts';
import { ProbeRuns } from '../support/probe/probe-runs.ts';

/*
 * A scripted model, which charges 20 tokens in and 5 out for each answer: 0.007 USD at the dear model, 0.0007 at the cheap
 * one. Before it is asked, a call may cost some 0.118 USD at the dear one.
 */

let probe: ProbeRuns;
let endpoint: Awaited<ReturnType<typeof scriptedEndpoint>>;
let script: (request: SeenRequest, count: number) => Reaction = () => says('yes');

beforeAll(async () => {
  endpoint = await scriptedEndpoint((request, count) => script(request, count), PROBE_MODEL_PORT);
  probe = await ProbeRuns.listeningTo('workflow_completed', 'workflow_failed', 'workflow_paused', 'agent_failure');
});
afterAll(async () => {
  await endpoint?.close();
  await probe?.close();
});
beforeEach(() => {
  script = () => says('yes');
});

const spend = (calls: number, budget?: JsonObject, pauseMs = 0) => ({
  ...(budget && { budget }),
  tasks: [{ id: 'spend', type: 'probe.spend', input: { calls, pauseMs } }],
});
const promptOf = ({ body }: SeenRequest): string => JSON.stringify(body.messages);
const asked = (runId: string): string[] => endpoint.seen.map(promptOf).filter((prompt) => prompt.includes(runId));

const Unit = z.object({
  unit: z.string(),
  allowed: z.number(),
  spent: z.number(),
  reserved: z.number(),
  left: z.number(),
});
const Costs = z.object({
  usage: z.object({ usd: z.number(), model_calls: z.number(), input_tokens: z.number() }).optional(),
  budgets: z.array(z.object({ budget: z.string(), units: z.array(Unit), closed: z.string().optional() })),
});
const costs = (runId: string) => musterJson(Costs, 'costs', runId);

describe('a budget', () => {
  test('stops a run that wants more, and says what it has spent', async () => {
    const run = await probe.run(spend(3, { calls: 2 }));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'budget_exhausted' } });
    expect(asked(run.runId)).toHaveLength(2);
    const { usage, budgets } = await costs(run.runId);
    expect(usage).toMatchObject({ model_calls: 2, input_tokens: 40 });
    expect(usage?.usd).toBeCloseTo(0.014, 6);
    expect(budgets).toEqual([
      {
        budget: `run ${run.runId.slice(0, 12)}`,
        units: [expect.objectContaining({ unit: 'calls', allowed: 2, spent: 2, reserved: 0, left: 0 })],
      },
    ]);
    expect(await muster('costs', run.runId)).toMatch(/2 calls\s+2 calls\s+0 calls\s+0 calls/);
  });

  test('asks a person, who allows more, and the run goes on where it stood', async () => {
    const runId = await probe.start(spend(3, { calls: 2, atLimit: 'ask' }));
    const isQuestion = ({ id, status }: { id: string; status: string }) => /-ask-/.test(id) && status === 'suspended';
    const { tasks } = await probe.until(runId, (view) => view.tasks.some(isQuestion));
    const question = tasks.find(isQuestion)?.id ?? '';
    expect(await muster('decisions', '--run', runId)).toContain('is used up: 2 calls');
    await muster('decide', runId, question, 'raise', '--comment', '5 should do', '--as', 'ann');
    const run = await probe.ended(runId);
    expect(run).toMatchObject({ status: 'completed', failedAttempts: 0 });
    expect(asked(runId)).toHaveLength(3);
    expect(new Set(asked(runId)).size).toBe(3);
    expect((await costs(runId)).budgets[0]?.units).toMatchObject([{ unit: 'calls', allowed: 7, spent: 3, left: 4 }]);
  });

  test('goes over to a cheaper model for what is left', async () => {
    const run = await probe.run(spend(3, { usd: 0.12, atLimit: 'degrade' }));
    expect(run.status).toBe('completed');
    const { models } = z.object({ models: z.array(z.string()) }).parse(run.result);
    expect(models).toEqual(['probe-dear', 'probe-cheap', 'probe-cheap']);
  });
});

describe('a model that is busy', () => {
  test('puts the work back, which spends no retry', async () => {
    script = (request) => {
      const tries = endpoint.seen.filter((other) => promptOf(other) === promptOf(request)).length;
      return tries === 1 ? { status: 429, json: { error: 'busy' }, headers: { 'retry-after': '1' } } : says('yes');
    };
    const run = await probe.run(spend(2, { calls: 10 }));
    expect(run).toMatchObject({ status: 'completed', failedAttempts: 0 });
    expect(asked(run.runId)).toHaveLength(4);
    expect((await costs(run.runId)).budgets[0]?.units).toMatchObject([{ spent: 2, left: 8 }]);
  });
});

describe('the stop button', () => {
  /** How many calls came in so long, once those under way are over. */
  async function callsWithin(runId: string, ms: number): Promise<number> {
    const before = asked(runId).length;
    await new Promise((resolve) => setTimeout(resolve, ms));
    return asked(runId).length - before;
  }
  const underWay = (runId: string): Promise<boolean> =>
    probe.cloud.eventually(async () => asked(runId).length >= 2 || undefined);

  test('stops a run between two calls, and lets it go on without paying twice', async () => {
    const runId = await probe.start(spend(30, undefined, 250));
    await underWay(runId);
    await muster('stop', runId, '--reason', 'it talks to itself', '--as', 'ann');
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await callsWithin(runId, 2_000)).toBe(0);
    expect(asked(runId).length).toBeLessThan(30);
    expect(await probe.heard('workflow_paused', runId)).toMatchObject([
      { reason: 'it talks to itself', paused_by: 'ann' },
    ]);
    await muster('go', runId);
    const run = await probe.ended(runId);
    expect(run).toMatchObject({ status: 'completed', failedAttempts: 0 });
    expect(asked(runId)).toHaveLength(30);
    expect(new Set(asked(runId)).size).toBe(30);
  });

  test('stops an agent in all runs, and nothing else beside', async () => {
    const runId = await probe.start(spend(20, undefined, 250));
    await underWay(runId);
    expect(await refusedBy('stop', runId, '--agent', 'probe-spender')).toContain('name nothing else beside --agent');
    await muster('stop', '--agent', 'probe-spender', '--reason', 'odd answers');
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await callsWithin(runId, 2_000)).toBe(0);
    await muster('go', '--agent', 'probe-spender', '--reason', 'looked at');
    expect(await probe.ended(runId)).toMatchObject({ status: 'completed', failedAttempts: 0 });
    expect(asked(runId)).toHaveLength(20);
  });

  test('stops what a cancelled run has under way', async () => {
    const runId = await probe.start(spend(40, undefined, 250));
    await underWay(runId);
    await muster('cancel', runId);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await callsWithin(runId, 2_000)).toBe(0);
    expect(asked(runId).length).toBeLessThan(40);
  });
});
