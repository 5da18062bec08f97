import { afterEach, describe, expect, test } from '@jest/globals';
import { jsonLogger } from '../../../lambdas/adapters/json-logger.ts';
import { DataError, NonRecoverableError, SystemError } from '../../../lambdas/contracts/errors.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { type ApiWorld, createApiWorld } from '../../support/api/api-world.ts';
import { workflow } from '../../support/factories.ts';

/** A secret that Secrets Manager holds, and texts that look like secrets of somebody else. */
const VAULT = 'canary-vault-9f2c7b';
const CANARIES = [VAULT, 'canary-db-password', 'AKIACANARY0CANARY012', 'canary.bearer.token-1', 'canary-api-key-77'];

let seen: string[] = [];
const leaky = fakeAgent(
  'leaky',
  {
    'leak.url': async (_, ctx) => {
      const secret = await ctx.secret('vault');
      seen.push(secret);
      ctx.logger.error('no connection', { url: `postgres://bot:${secret}@db`, error: new Error(secret) });
      ctx.progress(0.5, `trying ${secret.slice(0, 3)}…`);
      throw new NonRecoverableError('db_down', `postgres://bot:${secret}@db.example does not answer`, { secret });
    },
    'leak.words': () => {
      throw new DataError('bad_config', `password=${CANARIES[1]} and ${CANARIES[2]}`, { api_key: CANARIES[4] ?? '' });
    },
    'leak.header': () => {
      throw new NonRecoverableError('refused', `authorization: Bearer ${CANARIES[3]} at /var/task/index.mjs:1:2`);
    },
    'leak.crash': async (_, ctx) => {
      throw new Error(`cannot open ${await ctx.secret('vault')}`, { cause: new SystemError('x', VAULT) });
    },
  },
  { reaches: { secrets: ['vault'] }, retry: { maxAttempts: 1 } },
);

let world: ApiWorld | undefined;
afterEach(() => world?.fleet.stop());

/** Everything that leaves the agent's container and somebody may read: each sink by its name, as text. */
async function sinksAfter(type: string): Promise<Record<string, string>> {
  const logs: string[] = [];
  world = await createApiWorld({
    agents: [leaky],
    workflows: [workflow([{ id: 'work', type }], { name: 'leaking' })],
    secrets: { vault: VAULT },
    logger: jsonLogger({ level: 'debug', write: (line) => void logs.push(line) }),
    ...{ sweepEveryMs: 0, measureEveryMs: 0 },
  });
  const { call, fleet, audited } = world;
  const started = await call('POST', '/api/v1/workflows', { body: { workflow: 'leaking', input: {} } });
  expect(started.status).toBeLessThan(300);
  const runId: string = started.body.workflow_id;
  await fleet.advance(3_600_000);
  const routes = ['', '/result', '/events', '/tasks', '/tasks/work', '/replay'];
  const read = await Promise.all(
    routes.map(async (route) => [route, (await call('GET', `/api/v1/workflows/${runId}${route}`)).text]),
  );
  const executed = await call('POST', '/api/v1/agents/execute', { body: { task_type: type, content: {}, timeout: 5 } });
  const others = ['/api/v1/dead-letters', '/api/v1/decisions', '/api/v1/agents', '/api/v1/system/status'];
  const listed = await Promise.all(others.map(async (route) => [route, (await call('GET', route)).text]));
  const { journal, securityLog } = fleet.platform.world;
  return {
    ...Object.fromEntries([...read, ...listed]),
    execute: executed.text,
    journal: JSON.stringify(await journal.read(runId, 0)),
    bus: JSON.stringify(fleet.events),
    audit: JSON.stringify(audited),
    'security events': JSON.stringify(securityLog.events),
    logs: logs.join(''),
  };
}

describe('a secret that an agent puts into what it says', () => {
  test.each(['leak.url', 'leak.words', 'leak.header', 'leak.crash'])('(%s) is in no sink', async (type) => {
    seen = [];
    const sinks = await sinksAfter(type);
    const found = Object.entries(sinks).flatMap(([sink, text]) =>
      CANARIES.filter((canary) => text.includes(canary)).map((canary) => `${canary} in ${sink}`),
    );
    expect(found).toEqual([]);
    expect(sinks.journal).toMatch(/attempt_failed.*\[redacted/);
    expect(sinks.logs).toContain('"level"');
    if (type === 'leak.url') expect(seen).toContain(VAULT);
  });
});

test('an error that the API tells holds no secret, and no place in our code', async () => {
  const fails = async () => {
    throw new DataError('bad_row', `password=${CANARIES[1]} in /var/task/index.mjs:3:7`, { field: `${CANARIES[2]}` });
  };
  world = await createApiWorld({ agents: [leaky], ports: { runs: { get: fails, list: fails, correlated: fails } } });
  const { text } = await world.call('GET', '/api/v1/workflows');
  expect(text).toContain('bad_row');
  expect(CANARIES.filter((canary) => text.includes(canary))).toEqual([]);
  expect(text).not.toContain('index.mjs');
});
