import { describe, expect, test } from '@jest/globals';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import { type ApiWorld, createApiWorld, PLATFORM_ADMIN } from '../../../support/api/api-world.ts';
import { task, workflow } from '../../../support/factories.ts';

const tenancy = {
  plans: { small: { requestsPerSecond: 2, burst: 3, requestsPerSecondEach: 2 }, large: {} },
  defaultPlan: 'large',
};
const world = (): Promise<ApiWorld> =>
  createApiWorld({
    agents: [fakeAgent('worker', { work: () => ({}) })],
    workflows: [workflow([task('a')], { name: 'one' })],
    tenancy,
  });
const ACME = 'operator:acme:ann';
const set = ({ call }: ApiWorld, body: object, as = PLATFORM_ADMIN) =>
  call('PUT', '/api/v1/tenants/acme', { as, body });

describe('tenants over HTTP', () => {
  test('are shown their own standing, and nobody else’s', async () => {
    const { call } = await world();
    expect(await call('GET', '/api/v1/tenant', { as: ACME })).toMatchObject({
      status: 200,
      body: { tenant: 'acme', plan: 'large', status: 'active', recorded: false },
    });
    expect((await call('GET', '/api/v1/tenants/other', { as: 'admin:acme:ann' })).status).toBe(403);
    expect((await call('GET', '/api/v1/tenant', { as: ACME, headers: { 'x-tenant': 'other' } })).status).toBe(404);
  });

  test('are given a plan, a limit of their own, and listed page by page, by the platform alone', async () => {
    const api = await world();
    expect((await set(api, { plan: 'small' }, 'admin:acme:ann')).status).toBe(403);
    expect(await set(api, { plan: 'small', limits: { openRuns: 7 } })).toMatchObject({
      status: 200,
      body: { plan: 'small', limits: { burst: 3, openRuns: 7 }, changed_by: 'root' },
    });
    expect(await set(api, { plan: 'huge' })).toMatchObject({ status: 422, body: { code: 'unknown_plan' } });
    const page = await api.call('GET', '/api/v1/tenants?limit=1', { as: PLATFORM_ADMIN });
    expect(page.body).toMatchObject({ items: [{ tenant: 'acme' }], next_cursor: 'acme' });
    const rest = await api.call('GET', '/api/v1/tenants?limit=1&cursor=acme', { as: PLATFORM_ADMIN });
    expect(rest.body).toEqual({ items: [] });
  });

  test('are told to wait when they ask too often, and others are not', async () => {
    const api = await world();
    await set(api, { plan: 'small' });
    const answers = [];
    for (const sub of ['a', 'b', 'c', 'd', 'e'])
      answers.push(await api.call('GET', '/api/v1/agents', { as: `viewer:acme:${sub}` }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[3]).toMatchObject({ headers: { 'retry-after': '1' }, body: { code: 'rate_limited' } });
    expect((await api.call('GET', '/api/v1/agents', { as: 'viewer:other:a' })).status).toBe(200);
    expect(JSON.stringify(api.audited)).toContain('rate_limited');
  });

  test('that are suspended may look, and change nothing', async () => {
    const api = await world();
    await set(api, { status: 'suspended', reason: 'unpaid' });
    expect((await api.call('GET', '/api/v1/workflows', { as: ACME })).status).toBe(200);
    const begun = await api.call('POST', '/api/v1/workflows', { as: ACME, body: { workflow: 'one' } });
    expect(begun).toMatchObject({ status: 403, body: { code: 'tenant_suspended' } });
  });

  test('are erased by the platform, when it says the name twice; then nothing is told of them', async () => {
    const api = await world();
    const erase = (query: string, as = PLATFORM_ADMIN) => api.call('DELETE', `/api/v1/tenants/acme?${query}`, { as });
    expect((await erase('confirm=acme', 'admin:acme:ann')).status).toBe(403);
    expect((await erase('confirm=other')).status).toBeGreaterThanOrEqual(400);
    expect(await erase('confirm=acme')).toMatchObject({ status: 202, body: { tenant: 'acme' } });
    const look = await api.call('GET', '/api/v1/tenants/acme', { as: PLATFORM_ADMIN });
    expect(look.body).toMatchObject({ status: 'erasing', erasure: { phase: 'stopping' } });
    expect((await api.call('GET', '/api/v1/workflows', { as: ACME })).status).toBe(404);
  });
});
