import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { RequestLimits } from '../../../../lambdas/tenancy/request-limits.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { createApiWorld, PLATFORM_ADMIN } from '../../../support/api/api-world.ts';
import { task, workflow } from '../../../support/factories.ts';

const agents = [
  fakeAgent('worker', { work: () => ({ done: true }) }, { version: '1.4.0' }),
  fakeAgent('writer', { 'text.write': () => ({}) }),
];
const limited = workflow(
  [
    task('a', { limits: [{ name: 'press', concurrency: 1 }] }),
    task('b', { limits: [{ name: 'press', concurrency: 1 }] }),
  ],
  { name: 'limited', timeoutSeconds: 600 },
);

describe('what operators look at', () => {
  test("the system's status, as in the seed documents", async () => {
    const { call, fleet } = await createApiWorld({ agents });
    await fleet.platform.world.registry.recordHealth('writer', {
      ...{ agent_id: 'writer', state: 'quarantined', is_healthy: false, issues: ['High error rate'] },
      since: fleet.platform.clock.now(),
    });
    const { body } = await call('GET', '/api/v1/system/status', { as: 'viewer:default:vic' });
    expect(Object.keys(body).sort()).toEqual(['active_agents', 'agent_statuses', 'system_health', 'total_agents']);
    expect(body).toMatchObject({
      ...{ total_agents: 2, active_agents: 1 },
      agent_statuses: { writer: { state: 'quarantined', capabilities: ['text.write'] } },
      system_health: { is_healthy: false, issues: ['writer: High error rate', 'writer: is quarantined'] },
    });
  });

  test('agents, what they can do, and that only the platform takes them out', async () => {
    const { call, fleet } = await createApiWorld({ agents });
    const { items } = (await call('GET', '/api/v1/agents?task_type=work')).body;
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ name: 'worker', version: '1.4.0', in_pool: true, breaker: 'closed' });
    expect((await call('GET', '/api/v1/agents/nobody')).status).toBe(404);
    const body = { state: 'maintenance', reason: 'new keys' };
    expect((await call('PUT', '/api/v1/agents/worker/state', { body })).status).toBe(403);
    expect((await call('PUT', '/api/v1/agents/worker/state', { body, as: PLATFORM_ADMIN })).status).toBe(202);
    await fleet.advance(1_000);
    expect((await call('GET', '/api/v1/agents/worker')).body).toMatchObject({ state: 'maintenance', set_by: 'root' });
  });

  test('what holds a tenant: its operators hold it and let go, only the platform holds everything', async () => {
    const { call, fleet } = await createApiWorld({ agents, workflows: [limited] });
    const at = '/api/v1/tenant/hold';
    expect((await call('PUT', at, { body: { action: 'resume' } })).body).toMatchObject({ code: 'not_held' });
    const paused = await call('PUT', at, { body: { action: 'pause', reason: 'audit' } });
    expect(paused).toMatchObject({ status: 200, body: { hold: { action: 'pause', by: 'ann', reason: 'audit' } } });
    const { workflow_id } = (await call('POST', '/api/v1/workflows', { body: { workflow: 'limited' } })).body;
    await fleet.advance(60_000);
    expect((await fleet.look(workflow_id)).status).not.toBe('completed');
    expect((await call('GET', at, { as: 'operator:other:eve' })).body).toEqual({});
    expect((await call('PUT', at, { body: { action: 'pause' }, as: 'viewer:default:vic' })).status).toBe(403);
    expect(await call('PUT', at, { body: { action: 'resume' } })).toMatchObject({ status: 200, body: {} });
    expect((await fleet.ended(workflow_id)).status).toBe('completed');
    const all = { body: { action: 'drain', reason: 'deploy' } };
    expect((await call('PUT', '/api/v1/system/hold', all)).status).toBe(403);
    expect((await call('PUT', '/api/v1/system/hold', { ...all, as: PLATFORM_ADMIN })).status).toBe(200);
    expect((await call('GET', at)).body).toMatchObject({ everything: { action: 'drain', by: 'root' } });
  });

  test('parameters of agents, which the platform sets, and which are checked before they are asked for', async () => {
    const parameters = z.object({ model: z.string().default('small'), tries: z.number().int().max(5).default(1) });
    const { call, fleet } = await createApiWorld({
      agents: [fakeAgent('tuned', { tune: () => ({}) }, { parameters })],
    });
    const at = '/api/v1/agents/tuned/parameters';
    const as = PLATFORM_ADMIN;
    const set = (body: object) => call('PUT', at, { body, as });
    expect((await call('GET', at)).status).toBe(403);
    expect((await call('GET', at, { as })).body).toMatchObject({ version: 0, values: {}, defaults: { tries: 1 } });
    expect((await set({ values: { modle: 'large' } })).body).toMatchObject({ status: 422, code: 'unknown_parameter' });
    expect((await set({ values: { tries: 9 } })).status).toBe(422);
    expect((await set({ values: { tries: 2 }, version: 1 })).status).toBe(400);
    expect((await set({ values: { tries: 3 }, reason: 'flaky' })).status).toBe(202);
    await fleet.advance(20_000);
    expect((await call('GET', at, { as })).body).toMatchObject({ version: 1, values: { tries: 3 }, set_by: 'root' });
    expect((await set({ version: 0 })).status).toBe(202);
    await fleet.advance(20_000);
    expect((await call('GET', at, { as })).body).toMatchObject({ version: 2, values: {} });
  });

  test('messages of a correlation, with the seed documents’ fields', async () => {
    const { call, fleet } = await createApiWorld({
      agents,
      workflows: [workflow([task('a', { type: 'work' })], { name: 'one' })],
    });
    const begun = await call('POST', '/api/v1/workflows', { body: { workflow: 'one', correlation_id: 'order-1' } });
    await fleet.ended(begun.body.workflow_id);
    const { items } = (await call('GET', '/api/v1/messages?correlation_id=order-1')).body;
    expect(items).toContainEqual({
      time: expect.any(String),
      channel: expect.stringContaining('worker'),
      action: 'published',
      message_id: expect.any(String),
      correlation_id: 'order-1',
      sender: 'coordinator',
      receiver: 'worker',
      type: 'task_assignment',
      priority: 2,
      workflow_id: begun.body.workflow_id,
      task_id: 'a',
    });
    expect((await call('GET', '/api/v1/messages?correlation_id=order-1&limit=1')).body.items).toHaveLength(1);
    expect((await call('GET', '/api/v1/messages')).status).toBe(400);
  });

  test('queues, and what the health check reads', async () => {
    const { call } = await createApiWorld({ agents });
    const { items } = (await call('GET', '/api/v1/queues')).body;
    expect(items).toContainEqual(expect.objectContaining({ name: 'coordinator', kind: 'platform', waiting: 0 }));
    expect((await call('GET', '/api/v1/health', { as: '' })).body).toMatchObject({ status: 'ok' });
  });

  test('dead letters of their tenant, page by page', async () => {
    const { call, fleet } = await createApiWorld({ agents });
    const { parkingLot } = fleet.platform.world;
    for (let one = 0; one < 5; one += 1)
      await parkingLot.park({
        ...{ parkedId: `p${one}`, queue: 'worker', at: 1_000 + one, tenant: one === 2 ? 'other' : 'default' },
        ...{ messageId: `m${one}`, messageType: 'task_assignment', reason: `timeout after ${one} s`, body: 'secret' },
      });
    const first = await call('GET', '/api/v1/dead-letters?limit=3');
    const rest = await call('GET', `/api/v1/dead-letters?limit=3&cursor=${first.body.next_cursor}`);
    const ids = [...first.body.items, ...rest.body.items].map(({ parked_id }: { parked_id: string }) => parked_id);
    expect(ids).toEqual(['p4', 'p3', 'p1', 'p0']);
    expect(rest.body.next_cursor).toBeUndefined();
    expect(first.text).not.toContain('secret');
    const [{ cause }] = first.body.items;
    expect((await call('GET', `/api/v1/dead-letters?cause=${cause}`)).body.items).toHaveLength(4);
  });

  test('what agents remember of something', async () => {
    const { call, fleet } = await createApiWorld({ agents });
    const answer = await call('POST', '/api/v1/memory/search', { body: { text: 'the red car' } });
    expect(answer).toMatchObject({ status: 200, body: { entries: [] } });
    expect(
      (await call('POST', '/api/v1/memory/search', { body: { text: 'x' }, as: 'viewer:default:vic' })).status,
    ).toBe(403);
    fleet.stop();
  });

  test('a tenant that is suspended may look and begin nothing; one that is erased does not exist', async () => {
    const counted: string[] = [];
    const limits: RequestLimits = {
      admit: async ({ tenant }) => {
        counted.push(tenant);
        return { ok: true };
      },
    };
    const { call, fleet } = await createApiWorld({ agents, workflows: [limited], ports: { limits } });
    const { tenants } = fleet.platform.world;
    const record = { plan: 'standard', limits: {}, by: 'root', reason: '', at: 0 };
    await tenants.put({ ...record, tenant: 'default', version: 1, status: 'suspended' });
    await tenants.put({ ...record, tenant: 'gone', version: 1, status: 'erased' });
    expect((await call('GET', '/api/v1/workflows')).status).toBe(200);
    expect((await call('POST', '/api/v1/workflows', { body: { workflow: 'limited' } })).body.code).toBe(
      'tenant_suspended',
    );
    expect((await call('GET', '/api/v1/workflows', { as: 'admin:gone:x' })).status).toBe(404);
    // Nor is anything written of it any more.
    expect(counted).toEqual(['default', 'default']);
  });
});
