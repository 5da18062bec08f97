import { describe, expect, test } from '@jest/globals';
import type { Gate } from '../../../../lambdas/contracts/flow-control.ts';
import { gateOf } from '../../../../lambdas/flow/flow-identity.ts';
import { someName, type World } from './ports-under-test.ts';

const T0 = 1_767_225_600_000;
const gateNamed = (tenant: string, name: string, scope: 'tenant' | 'platform' = 'tenant'): Gate =>
  gateOf({ scope, tenant, rule: { kind: 'concurrency', limit: 2 }, name, key: 'k' });

export function flowDirectoryContract(world: World): void {
  describe('the directory of flows', () => {
    test("lists a tenant's by name, with those that all share, until they rest", async () => {
      const directory = world().flowDirectory;
      const [tenant, other] = [someName('tenant'), someName('tenant')];
      const [b, a, foreign] = [gateNamed(tenant, 'b'), gateNamed(tenant, 'a'), gateNamed(other, 'a')];
      const shared = gateNamed(tenant, someName('shared'), 'platform');
      for (const gate of [b, a, foreign, shared]) await directory.note(gate, T0);
      const listed = await directory.list(tenant, 1_000);
      expect(listed.filter((gate) => gate.tenant !== undefined)).toEqual([a, b]);
      expect(listed).toContainEqual(shared);
      await directory.forget(a, T0);
      expect((await directory.list(tenant, 1_000)).filter((gate) => gate.tenant !== undefined)).toEqual([b]);
      await directory.forget(a, T0);
      await directory.forget(shared, T0 + 1);
    });

    test('keeps what was noted last, whatever comes late', async () => {
      const directory = world().flowDirectory;
      const tenant = someName('tenant');
      const gate = gateNamed(tenant, 'a');
      const changed: Gate = { ...gate, rule: { kind: 'concurrency', limit: 9 } };
      const own = async () => (await directory.list(tenant, 1_000)).filter((listed) => listed.tenant === tenant);
      await directory.note(changed, T0 + 2);
      await directory.note(gate, T0 + 1);
      await directory.forget(gate, T0 + 1);
      expect(await own()).toEqual([changed]);
      expect(await directory.list(tenant, 1)).toHaveLength(1);
    });
  });
}
