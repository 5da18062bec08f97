import { describe, expect, test } from '@jest/globals';
import type { AgentParameters, Hold } from '../../../../lambdas/contracts/control.ts';
import { someName, type World } from './ports-under-test.ts';

const T0 = 1_767_225_600_000;
const hold = (overrides: Partial<Hold> = {}): Hold => ({
  action: 'pause',
  by: 'ada',
  reason: 'the disk is full',
  at: T0,
  ...overrides,
});
const parameters = (version: number, values: AgentParameters['values']): AgentParameters => ({
  version,
  values,
  set_by: 'ada',
  reason: 'less at once',
  at: T0 + version,
});

export function controlContract(world: World): void {
  describe('holds', () => {
    test('are read by tenant until they are let go', async () => {
      const [one, other] = [someName('tenant'), someName('tenant')];
      expect(await world().freshHolds().set(one, hold(), T0)).toBe(true);
      await world()
        .freshHolds()
        .set(other, hold({ action: 'drain' }), T0);
      const held = await world().freshHolds().read();
      expect([held.get(one), held.get(other)]).toEqual([hold(), hold({ action: 'drain' })]);
      expect(
        await world()
          .freshHolds()
          .set(one, undefined, T0 + 1),
      ).toBe(true);
      const after = await world().freshHolds().read();
      expect([after.get(one), after.get(other)]).toEqual([undefined, hold({ action: 'drain' })]);
    });

    test('are changed by a later request only, also after they were let go', async () => {
      const tenant = someName('tenant');
      const holds = world().freshHolds();
      await holds.set(tenant, hold({ at: T0 + 5 }), T0 + 5);
      expect(await holds.set(tenant, undefined, T0 + 4)).toBe(false);
      expect((await holds.read()).get(tenant)).toEqual(hold({ at: T0 + 5 }));
      expect(await holds.set(tenant, undefined, T0 + 6)).toBe(true);
      expect(await holds.set(tenant, hold(), T0 + 5)).toBe(false);
      expect((await holds.read()).has(tenant)).toBe(false);
    });
  });

  describe('parameters of agents', () => {
    const agent = {
      version: '1.0.0',
      description: 'reads',
      system: 'etl',
      capabilities: {},
      inbox: { express: 'https://queues/express', standard: 'https://queues/standard' },
      retry: {},
      effects: 'none' as const,
      health: { avgProcessingSeconds: 5, errorRate: 0.05, queueDepth: 100 },
    };
    const setOf = async (name: string) =>
      (await world().freshRegistry().agents()).find((known) => known.name === name)?.set;

    test('are kept version by version, newest first, and the registry answers the newest', async () => {
      const name = someName('agent');
      await world().registryWriter.registerAgent({ ...agent, name });
      expect(await setOf(name)).toBeUndefined();
      expect(await world().parameters.history(name, 5)).toEqual([]);
      const versions = [1, 2, 3].map((version) => parameters(version, { rows: version }));
      for (const one of versions) expect(await world().parameters.put(name, one)).toBe(true);
      expect(await world().parameters.history(name, 2)).toEqual([versions[2], versions[1]]);
      expect(await setOf(name)).toEqual(versions[2]);
    });

    test('are written once per version: the same again is harmless, another is refused', async () => {
      const name = someName('agent');
      await world().registryWriter.registerAgent({ ...agent, name });
      const first = parameters(1, { rows: 1, unit: 'row' });
      await world().parameters.put(name, first);
      await world().parameters.put(name, parameters(2, {}));
      expect(await world().parameters.put(name, { ...first, values: { unit: 'row', rows: 1 } })).toBe(true);
      expect(await world().parameters.put(name, parameters(1, { rows: 9 }))).toBe(false);
      expect(await world().parameters.history(name, 5)).toEqual([parameters(2, {}), first]);
      expect(await setOf(name)).toEqual(parameters(2, {}));
    });

    test('outlive a deployment that takes the agent out and puts it back', async () => {
      const name = someName('agent');
      await world().parameters.put(name, parameters(1, { rows: 1 }));
      await world().registryWriter.registerAgent({ ...agent, name });
      await world().registryWriter.removeAgent(name);
      await world().registryWriter.registerAgent({ ...agent, name });
      expect(await setOf(name)).toEqual(parameters(1, { rows: 1 }));
    });
  });
}
