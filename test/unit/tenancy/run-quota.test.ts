import { describe, expect, test } from '@jest/globals';
import { virtualWorld } from '../../../lambdas/adapters/memory/memory-world.ts';
import type { TenantLimits, TenantRecord } from '../../../lambdas/contracts/tenants.ts';
import type { RunRecord } from '../../../lambdas/runtime/ports.ts';
import type { OpenRuns } from '../../../lambdas/tenancy/open-runs.ts';
import { createRunQuota } from '../../../lambdas/tenancy/run-quota.ts';
import { createStanding } from '../../../lambdas/tenancy/standing.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';

const DAY = '2026-01-01';

/** @param slow calls of the store take turns with those of others */
function rig(limits: TenantLimits, slow = false) {
  const world = virtualWorld();
  const turn = async (): Promise<void> => {
    if (slow) for (let index = 0; index < 1 + Math.floor(Math.random() * 5); index++) await Promise.resolve();
  };
  const openRuns: OpenRuns = {
    enter: async (...given) =>
      turn()
        .then(() => world.openRuns.enter(...given))
        .then(turn),
    leave: async (...given) => turn().then(() => world.openRuns.leave(...given)),
    early: async (...given) => world.openRuns.early(...given),
    list: async (tenant) => {
      const listed = await world.openRuns.list(tenant);
      await turn();
      return listed;
    },
  };
  const tenancy = { plans: { small: limits }, defaultPlan: 'small' };
  const quota = createRunQuota({ ...world, openRuns, standing: createStanding(world.tenants, tenancy) });
  return { world, quota };
}
const record = (tenant: string, requestId: string, status: RunRecord['status']): RunRecord => ({
  ...{ runId: runIdOf(tenant, requestId), tenant, requestId, correlationId: 'c', workflow: 'w', version: 1 },
  ...{ requestDigest: 'd', status, requestedAt: 0 },
});
const tenant = (status: TenantRecord['status']): TenantRecord => ({
  ...{ tenant: 'acme', version: 1, plan: 'small', limits: {}, status, by: 'ann', reason: 'unpaid', at: 0 },
});
const outcome = (asked: Promise<unknown>): Promise<string> => asked.then(() => 'admitted').catch(({ code }) => code);

describe('open runs', () => {
  test('are bounded by the plan, each run counted once', async () => {
    const { quota } = rig({ openRuns: 2 });
    const ids = ['a', 'b', 'a', 'c'].map((id) => runIdOf('acme', id));
    const outcomes: string[] = [];
    for (const id of ids) outcomes.push(await outcome(quota.admit('acme', id)));
    expect(outcomes).toEqual(['admitted', 'admitted', 'admitted', 'quota_exceeded']);
    expect(await outcome(quota.admit('other', runIdOf('other', 'a')))).toBe('admitted');
  });

  test('are never more than allowed, however many begin at the same moment', async () => {
    for (let round = 0; round < 40; round++) {
      const { quota, world } = rig({ openRuns: 7 }, true);
      const outcomes = await Promise.all(
        Array.from({ length: 30 }, (_, index) => outcome(quota.admit('acme', runIdOf('acme', `${index}`)))),
      );
      const admitted = outcomes.filter((one) => one === 'admitted').length;
      expect(admitted).toBeLessThanOrEqual(7);
      expect(await world.openRuns.list('acme')).toHaveLength(admitted);
    }
  });

  test('that have ended without being taken off make room when it seems to be full', async () => {
    const { quota, world } = rig({ openRuns: 2 });
    for (const [id, status] of [
      ['a', 'completed'],
      ['b', 'running'],
    ] as const) {
      await quota.admit('acme', runIdOf('acme', id));
      await world.runs.create(record('acme', id, status));
    }
    expect(await outcome(quota.admit('acme', runIdOf('acme', 'c')))).toBe('admitted');
    await world.runs.create(record('acme', 'c', 'running'));
    expect(await outcome(quota.admit('acme', runIdOf('acme', 'd')))).toBe('quota_exceeded');
  });

  test('that never began count for some minutes only', async () => {
    const { quota, world } = rig({ openRuns: 1 });
    await quota.admit('acme', runIdOf('acme', 'lost'));
    expect(await outcome(quota.admit('acme', runIdOf('acme', 'next')))).toBe('quota_exceeded');
    await world.clock.advance(301_000);
    expect(await outcome(quota.admit('acme', runIdOf('acme', 'next')))).toBe('admitted');
  });

  test('without a bound cost nothing', async () => {
    const { quota, world } = rig({});
    const before = world.meter.read();
    expect(await quota.admit('acme', runIdOf('acme', 'a'))).toEqual({});
    expect(world.meter.read().dynamodb_write_units ?? 0).toBe(before.dynamodb_write_units ?? 0);
  });
});

describe('tokens of a day', () => {
  test('are a budget that all runs of that day share', async () => {
    const { quota, world } = rig({ tokensPerDay: 1_000 });
    const [first, second] = [
      await quota.admit('acme', runIdOf('acme', 'a')),
      await quota.admit('acme', runIdOf('acme', 'b')),
    ];
    expect(first.budgets).toMatchObject([{ id: `day-${DAY}`, budget: { tokens: 1_000, atLimit: 'stop' }, depth: 0 }]);
    expect(second).toEqual(first);
    await world.clock.advance(86_400_000);
    expect((await quota.admit('acme', runIdOf('acme', 'c'))).budgets?.[0]?.id).toBe('day-2026-01-02');
  });
});

describe('a tenant', () => {
  test.each([
    ['active', 'admitted', 'admitted'],
    ['suspended', 'tenant_suspended', 'tenant_suspended'],
    ['erasing', 'tenant_erased', 'tenant_erased'],
    ['erased', 'tenant_erased', 'tenant_erased'],
  ] as const)('that is %s: begin %s, change %s', async (status, begin, change) => {
    const { quota, world } = rig({});
    await world.tenants.put(tenant(status));
    expect(await outcome(quota.mayAct('acme', 'begin'))).toBe(begin);
    expect(await outcome(quota.mayAct('acme', 'change'))).toBe(change);
  });

  test('of whom nothing is written may do nothing where the platform is closed', async () => {
    const world = virtualWorld();
    const standing = createStanding(world.tenants, { plans: { small: {} }, defaultPlan: 'small', closed: true });
    const quota = createRunQuota({ ...world, standing });
    expect(await outcome(quota.mayAct('acme', 'begin'))).toBe('tenant_suspended');
    await world.tenants.put(tenant('active'));
    expect(await outcome(quota.mayAct('acme', 'begin'))).toBe('admitted');
  });
});
