import { describe, expect, test } from '@jest/globals';
import type { TenantLimits } from '../../../lambdas/contracts/tenants.ts';
import { fakeAgent, sleep } from '../../../lambdas/testing/fake-agent.ts';
import { scriptedModel } from '../../../lambdas/testing/scripted-model.ts';
import { createTestFleet, type TestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../support/factories.ts';

const MINUTE = 60_000;
const one = workflow([task('one')], { name: 'one', timeoutSeconds: 600 });
const slow = () => fakeAgent('slow', { work: (_, ctx) => sleep(ctx, MINUTE) }, { timeoutSeconds: 120 });
const plan = (limits: TenantLimits) => ({ plans: { small: limits }, defaultPlan: 'small' });

const rejections = ({ events }: TestFleet): unknown[] =>
  events.flatMap((event) => (event.name === 'workflow_rejected' ? [event.detail] : []));
const ask = (fleet: TestFleet, tenant: string, request_id: string) => fleet.start('one', {}, { tenant, request_id });

describe('a tenant whose plan bounds its open runs', () => {
  const fleetOf = () => createTestFleet({ agents: [slow()], workflows: [one], tenancy: plan({ openRuns: 2 }) });

  test('is refused one too many, with the reason, until one has ended; others are not concerned', async () => {
    const fleet = await fleetOf();
    const first = await ask(fleet, 'acme', 'a');
    await ask(fleet, 'acme', 'b');
    await ask(fleet, 'acme', 'c');
    expect(rejections(fleet)).toMatchObject([{ request_id: 'c', tenant: 'acme', code: 'quota_exceeded' }]);
    const other = await ask(fleet, 'other', 'c');
    expect((await fleet.ended(first)).status).toBe('completed');
    expect((await fleet.ended(await ask(fleet, 'acme', 'd'))).status).toBe('completed');
    expect((await fleet.ended(other)).status).toBe('completed');
    expect(rejections(fleet)).toHaveLength(1);
  });

  test('is given no room by asking again, or for many at once', async () => {
    const fleet = await fleetOf();
    for (const id of ['a', 'a', 'b', 'b', 'a']) await ask(fleet, 'acme', id);
    expect(rejections(fleet)).toEqual([]);
    const many = Array.from({ length: 30 }, (_, index) => ({
      name: 'workflow_requested' as const,
      detail: { workflow: 'one', input: {}, tenant: 'other', request_id: `many-${index}` },
    }));
    await Promise.all(many.map((event) => fleet.platform.publish(event)));
    await fleet.platform.time.settle();
    const begun = (await fleet.platform.world.runs.list('other', 100)).length;
    expect(begun).toBeLessThanOrEqual(2);
    expect(begun + rejections(fleet).length).toBe(30);
  });

  test('gets room when runs fail or are cancelled, and has one less when one goes on', async () => {
    const fleet = await fleetOf();
    const [first, second] = [await ask(fleet, 'acme', 'a'), await ask(fleet, 'acme', 'b')];
    await fleet.cancel(first);
    await fleet.ended(first);
    expect(await fleet.platform.world.openRuns.list('acme')).toMatchObject([{ runId: second }]);
    await fleet.ended(second);
    expect(await fleet.platform.world.openRuns.list('acme')).toEqual([]);
  });
});

describe('a tenant whose plan bounds its tokens', () => {
  test('fails calls of models once all its runs of the day together have used them, and only on that day', async () => {
    const model = scriptedModel(() => 'word '.repeat(500), { maxOutputTokens: 600 });
    const writer = fakeAgent(
      'writer',
      { work: async (_, ctx) => (await ctx.model('fast').generate({ prompt: 'write', maxOutputTokens: 600 })).text },
      { uses: { models: ['fast'] } },
    );
    const fleet = await createTestFleet({
      ...{ agents: [writer], workflows: [one], models: { fast: model }, tenancy: plan({ tokensPerDay: 1_500 }) },
    });
    const runs = [];
    for (const id of ['a', 'b', 'c']) runs.push(await fleet.ended(await ask(fleet, 'acme', id)));
    expect(runs.map(({ status }) => status)).toEqual(['completed', 'completed', 'failed']);
    expect(runs[2]?.error).toMatchObject({
      code: 'budget_exhausted',
      message: expect.stringContaining('the tenant on 2026-01-01'),
    });
    expect((await fleet.ended(await ask(fleet, 'other', 'c'))).status).toBe('completed');
    await fleet.advance(24 * 60 * MINUTE);
    expect((await fleet.ended(await ask(fleet, 'acme', 'd'))).status).toBe('completed');
  });
});

describe('a suspended tenant', () => {
  test('begins nothing and changes nothing, but may end what it has under way', async () => {
    const fleet = await createTestFleet({ agents: [slow()], workflows: [one], tenancy: plan({}) });
    const runId = await ask(fleet, 'acme', 'a');
    const record = { tenant: 'acme', version: 1, plan: 'small', limits: {}, status: 'suspended' } as const;
    await fleet.platform.world.tenants.put({ ...record, by: 'ann', reason: 'unpaid', at: 0 });
    await ask(fleet, 'acme', 'b');
    await fleet.pause(runId);
    expect(rejections(fleet)).toMatchObject([{ code: 'tenant_suspended', request_id: 'b' }]);
    expect(fleet.events.find(({ name }) => name === 'request_refused')?.detail).toMatchObject({
      code: 'tenant_suspended',
    });
    await fleet.cancel(runId);
    expect((await fleet.ended(runId)).status).toBe('cancelled');
  });
});

describe('a hostile request on the bus', () => {
  test.each([
    ['a prototype', '{"__proto__":{"admin":true}}', 'forbidden_name'],
    ['a number that loses digits', '{"id":12345678901234567890}', 'lose digits'],
    ['NUL', '{"name":"a\\u0000"}', 'NUL'],
  ])('with %s is refused with its reason, and begins nothing', async (_, input, reason) => {
    const fleet = await createTestFleet({ agents: [slow()], workflows: [one] });
    const detail = `{"workflow":"one","request_id":"r1","tenant":"acme","input":${input}}`;
    const body = `{"id":"e1","source":"x","detail-type":"workflow_requested","detail":${detail}}`;
    await fleet.platform.queuesOf('bus').send('memory://intake', [{ body }]);
    await fleet.platform.time.settle();
    expect(rejections(fleet)).toMatchObject([{ request_id: 'r1', tenant: 'acme', code: 'malformed_request' }]);
    expect(JSON.stringify(rejections(fleet))).toContain(reason === 'forbidden_name' ? '__proto__' : reason);
    expect(await fleet.platform.world.runs.list('acme', 10)).toEqual([]);
  });
});
