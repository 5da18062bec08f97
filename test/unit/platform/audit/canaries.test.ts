import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { jsonLogger } from '../../../../lambdas/adapters/json-logger.ts';
import { virtualClock } from '../../../../lambdas/adapters/memory/virtual-clock.ts';
import { SystemError } from '../../../../lambdas/contracts/errors.ts';
import { defineTool } from '../../../../lambdas/runtime/tools/define-tool.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { createTestFleet, type TestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../../support/factories.ts';
import { objectsIn } from './audited-run.ts';

/* Attack 17 of the matrix: secrets are planted wherever one may slip in, and every sink is searched for them. */

/** What the agent is told by Secrets Manager: no pattern would know it. */
const TOLD = 'canary-of-the-vault-7Fq2';
const IN_JSON = 'canary-inside-a-document';
/** What comes in a client's input, or in a tool's answer: it looks like what it is. */
const SHAPED = {
  key: 'AKIACANARYCANARY1234',
  token: 'eyJjYW5hcnkiOiJ5ZXMifQ.eyJjYW5hcnkiOiJ5ZXMifQ.Y2FuYXJ5Y2FuYXJ5',
  password: 'canary-password-9',
};
/** What somebody has written in good faith, and is nobody's business. */
const PERSONAL = 'canary of a diagnosis';

const lines: string[] = [];
const metrics: string[] = [];
let fleet: TestFleet;

const leakyTool = defineTool({
  name: 'leaky',
  description: 'Tells more than it should.',
  effects: 'none',
  input: z.object({}),
  output: z.object({ says: z.string() }),
  run: async () => ({ says: `use ${SHAPED.key} with password=${SHAPED.password}` }),
});

const leaky = fakeAgent(
  'leaky',
  {
    'leak.told': async (_, ctx) => {
      const told = await ctx.secret('vault');
      ctx.logger.info(`connecting with ${told}`, { deep: { in: [{ a: told }] } });
      const cause = new Error(`no route for ${told}`);
      ctx.logger.error('it failed', { error: new SystemError('down', `refused: ${told}`, { told }, { cause }) });
      throw new SystemError('db_down', `can not connect as admin/${told}`, { url: `db://a:${told}@host` });
    },
    'leak.document': async (_, ctx) => {
      await ctx.secret('document');
      throw new Error(`the password ${IN_JSON} is not accepted`);
    },
    'leak.shaped': (input, ctx) => {
      ctx.logger.warn('got', { input, error: new Error(JSON.stringify(input)) });
      throw new Error(`can not use ${JSON.stringify(input)}, sent Authorization: Bearer ${SHAPED.token}`);
    },
    'leak.tool': async (_, ctx) => {
      const answer = await ctx.tool('leaky', {});
      ctx.logger.info('the tool says', { answer });
      throw new Error(`the tool says ${JSON.stringify(answer)}`);
    },
    'leak.dead': async (_, ctx) => {
      await ctx.secret('vault');
      await ctx.publish('channel.gossip', { text: PERSONAL });
      return new Promise<never>(() => {});
    },
  },
  {
    reaches: { secrets: ['vault', 'document'] },
    uses: { tools: ['leaky'] },
    channels: { publishes: ['channel.gossip'], subscribes: [] },
    retry: { maxAttempts: 1 },
    timeoutSeconds: 5,
  },
);

/** Everything that leaves the platform, or is kept for people to look at, beside bodies of messages and results. */
async function sinks(runIds: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const { world } = fleet.platform;
  const parked = (await world.parkingLot.list(100)).map(({ body: _, ...about }) => about);
  const failures: unknown[] = [];
  for (const runId of runIds) {
    for (const { events } of await world.journal.read(runId, 0))
      failures.push(...events.filter(({ type }) => type !== 'run_started' && type !== 'tasks_completed'));
  }
  const told = fleet.events.filter(({ name }) => !['workflow_requested', 'decision_made'].includes(name));
  return {
    logs: lines.join(''),
    metrics: metrics.join(''),
    audit: [...objectsIn(world).values()].join(''),
    parked: JSON.stringify(parked),
    failures: JSON.stringify(failures),
    bus: JSON.stringify(told),
  };
}

beforeEach(async () => {
  lines.length = 0;
  metrics.length = 0;
  const clock = virtualClock();
  fleet = await createTestFleet({
    agents: [leaky],
    tools: [leakyTool],
    secrets: { vault: TOLD, document: JSON.stringify({ user: 'u', password: IN_JSON }) },
    logger: jsonLogger({ level: 'debug', clock, write: (line) => void lines.push(line) }),
    write: (line) => void metrics.push(line),
  });
});
afterEach(() => fleet.stop());

const failing = (type: string, input: Readonly<Record<string, string>> = {}) =>
  workflow([{ id: 'leak', type, input, escalate: 'fail' }], { name: type.replace('.', '-') });

describe('no canary is found', () => {
  test.each(['leak.told', 'leak.document', 'leak.shaped', 'leak.tool', 'leak.dead'])('after %s', async (type) => {
    const input = type === 'leak.shaped' ? { ...SHAPED, text: `password=${SHAPED.password}` } : {};
    const { runId, status } = await fleet.run(failing(type, input));
    await fleet.advance(3_600_000);
    expect(status).toBe('failed');
    for (const [sink, text] of Object.entries(await sinks([runId]))) {
      expect(`${sink}: ${text}`).not.toContain(TOLD);
      expect(`${sink}: ${text}`).not.toContain(IN_JSON);
      for (const canary of Object.values(SHAPED)) expect(`${sink}: ${text}`).not.toContain(canary);
      if (sink !== 'bus') expect(`${sink}: ${text}`).not.toContain(PERSONAL);
    }
  });

  test('though each was there to be found', async () => {
    for (const [type, input] of [
      ['leak.told', {}],
      ['leak.document', {}],
      ['leak.shaped', { ...SHAPED, text: `password=${SHAPED.password}` }],
      ['leak.tool', {}],
    ] as const) {
      const { error } = await fleet.run(failing(type, input));
      expect(error?.message).toContain('[redacted');
    }
    expect(lines.join('')).toContain('[redacted');
  });

  test('in what the audit keeps of what people say', async () => {
    const asks = workflow([{ id: 'ok', ask: { question: PERSONAL, options: ['yes', 'no'] } }], { name: 'asks' });
    const run = await fleet.start(asks, { note: PERSONAL });
    await fleet.decide(run, 'ok', 'yes', 'ann', { comment: PERSONAL });
    await fleet.ended(run);
    const { runId } = await fleet.run(failing('leak.told'));
    await fleet.cancel(runId, PERSONAL);
    await fleet.advance(60_000);
    const { audit } = await sinks([run, runId]);
    expect(audit).toContain('"by":"ann"');
    expect(audit).not.toContain(PERSONAL);
  });
});
