import { describe, expect, test } from '@jest/globals';
import type { TenantRecord } from '../../../../lambdas/contracts/tenants.ts';
import { someName, someRunId, type World } from './ports-under-test.ts';

const record = (tenant: string, version = 1, plan = 'standard'): TenantRecord => ({
  ...{
    tenant,
    version,
    plan,
    limits: { openRuns: 7 },
    status: 'active',
    by: 'ann',
    reason: 'signed',
    at: 1_700_000_000_000,
  },
});

export function tenantsContract(world: World): void {
  describe('what is written of tenants', () => {
    test('is changed by one at a time, who names the version before', async () => {
      const tenants = world().freshTenants();
      const tenant = someName('tenant');
      expect(await tenants.get(tenant)).toBeUndefined();
      expect(await tenants.put(record(tenant, 2))).toBe(false);
      expect(await tenants.put(record(tenant))).toBe(true);
      expect(await tenants.put(record(tenant, 1, 'other'))).toBe(false);
      expect(await tenants.put(record(tenant, 2, 'large'))).toBe(true);
      expect(await tenants.put(record(tenant, 2, 'small'))).toBe(false);
      expect(await tenants.get(tenant)).toEqual(record(tenant, 2, 'large'));
      expect(await world().freshTenants().get(tenant, true)).toEqual(record(tenant, 2, 'large'));
    });

    test('is listed by name, page by page', async () => {
      const tenants = world().freshTenants();
      const prefix = someName('t');
      const names = ['a', 'b', 'c'].map((letter) => `${prefix}-${letter}`);
      for (const name of names) await tenants.put(record(name));
      expect((await tenants.list(prefix, 2)).map(({ tenant }) => tenant)).toEqual(names.slice(0, 2));
      expect((await tenants.list(names[1], 1)).map(({ tenant }) => tenant)).toEqual(names.slice(2));
    });
  });

  describe('open runs', () => {
    test('are each counted once, under their tenant, until they leave', async () => {
      const { openRuns } = world();
      const [tenant, other] = [someName('tenant'), someName('tenant')];
      const [first, second] = [someRunId(), someRunId()].sort();
      if (first === undefined || second === undefined) throw new Error('there are two');
      for (const runId of [second, first, second]) await openRuns.enter(tenant, runId, 5);
      await openRuns.enter(tenant, second, 9);
      expect(await openRuns.list(tenant)).toEqual([
        { runId: first, at: 5 },
        { runId: second, at: 5 },
      ]);
      expect(await openRuns.list(other)).toEqual([]);
      for (const runId of [first, first]) await openRuns.leave(tenant, runId);
      await openRuns.early(tenant, someRunId(), 5);
      expect(await openRuns.list(tenant)).toEqual([{ runId: second, at: 5 }]);
    });
  });

  describe('all that is remembered of a tenant', () => {
    test('is counted and removed, and nothing of another', async () => {
      const { memories, memoryKeys, memorySnapshots } = world();
      const tenant = someName('tenant');
      const longer = `${tenant}-x`;
      for (const one of [tenant, longer]) {
        const rows = [{ id: `mem_${'0'.repeat(32)}`, key: 'k.1', body: Uint8Array.of(1) }];
        expect(await memories.commit({ tenant: one, pool: 'own' }, { version: 0, epoch: 0 }, rows)).toBe(true);
        await memories.putNote(
          one,
          someRunId(),
          { name: 'n', key: 'k.1', body: Uint8Array.of(2) },
          Date.now() + 60_000,
        );
        await memoryKeys.forSubject(one, 'ann');
        await memoryKeys.forSubject(one, undefined);
        await memorySnapshots.write(`${one}/own/1`, Uint8Array.of(3));
      }
      const rows = await memories.countTenant(tenant);
      expect(rows).toBeGreaterThanOrEqual(4);
      const epoch = await memories.nextEpoch(tenant);
      expect([await memories.removeTenant(tenant), await memories.countTenant(tenant)]).toEqual([rows, 0]);
      expect([await memoryKeys.destroyTenant(tenant), await memoryKeys.countTenant(tenant)]).toEqual([2, 0]);
      expect(await memorySnapshots.listTenant(tenant)).toEqual([`${tenant}/own/1`]);
      // What was prepared before is refused from now on.
      expect([await memories.epoch(tenant), await memories.pools(tenant)]).toEqual([epoch, []]);
      expect(await memories.countTenant(longer)).toBe(rows);
      expect(await memoryKeys.countTenant(longer)).toBe(2);
      expect(await memorySnapshots.listTenant(longer)).toEqual([`${longer}/own/1`]);
    });
  });
}
