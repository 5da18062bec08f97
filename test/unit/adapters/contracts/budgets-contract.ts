import { describe, expect, test } from '@jest/globals';
import type { AgentHealth } from '../../../../lambdas/contracts/health.ts';
import type { AccountKey } from '../../../../lambdas/runtime/budgets/accounts.ts';
import { type Amounts, NOTHING } from '../../../../lambdas/runtime/budgets/amounts.ts';
import { costsOf } from '../../../../lambdas/runtime/budgets/rate.ts';
import { someName, someRunId, type World } from './ports-under-test.ts';

const T0 = 1_767_225_600_000;
const UNTIL = T0 + 60_000;
const of = (some: Partial<Amounts>): Amounts => ({ ...NOTHING, ...some });
const some = (part = ''): AccountKey => ({ tenant: 'acme', runId: someRunId(), part });

export function budgetsContract(world: World): void {
  describe('accounts of budgets', () => {
    const limits = { micros: 1_000, calls: 3 };

    test('begin full, and give back what a call did not use', async () => {
      const { accounts } = world();
      const key = some();
      expect(await accounts.read(key)).toBeUndefined();
      const wanted = of({ micros: 600, tokens: 50, calls: 1 });
      expect(await accounts.take(key, limits, wanted, UNTIL)).toBeUndefined();
      expect(await accounts.read(key)).toEqual({
        ...{ limit: limits, left: { micros: 400, calls: 2 }, held: wanted, spent: NOTHING },
        ...{ heldUntil: UNTIL, moreSeconds: 0, raises: [] },
      });
      await accounts.settle(key, limits, wanted, of({ micros: 100, tokens: 20, calls: 1 }));
      expect(await accounts.read(key)).toMatchObject({
        left: { micros: 900, calls: 2 },
        held: NOTHING,
        spent: { micros: 100, tokens: 20, calls: 1 },
      });
    });

    test('give all that is wanted or nothing, and say how they stand', async () => {
      const { accounts } = world();
      const key = some();
      await accounts.take(key, limits, of({ micros: 600 }), UNTIL);
      expect(await accounts.take(key, limits, of({ micros: 500, calls: 1 }), UNTIL + 1)).toEqual({
        refused: expect.objectContaining({ left: { micros: 400, calls: 3 }, heldUntil: UNTIL }),
      });
      expect(await accounts.read(key)).toMatchObject({ left: { micros: 400, calls: 3 }, held: of({ micros: 600 }) });
      expect(await accounts.take(key, limits, of({ micros: 400 }), UNTIL)).toBeUndefined();
    });

    test('refuse what their limit never allowed, without beginning', async () => {
      const { accounts } = world();
      const key = some('task');
      expect(await accounts.take(key, limits, of({ calls: 4 }), UNTIL)).toMatchObject({
        refused: { limit: limits, left: limits },
      });
      expect(await accounts.read(key)).toBeUndefined();
    });

    test('never give out more than there is, however many ask at once', async () => {
      const { accounts } = world();
      const key = some();
      const asked = Array.from({ length: 12 }, () => accounts.take(key, limits, of({ micros: 150 }), UNTIL));
      const taken = (await Promise.all(asked)).filter((refused) => refused === undefined);
      expect(taken).toHaveLength(6);
      expect(await accounts.read(key)).toMatchObject({ left: { micros: 100 }, held: of({ micros: 900 }) });
    });

    test('go below nothing when a call has cost more than it could', async () => {
      const { accounts } = world();
      const key = some();
      await accounts.take(key, limits, of({ micros: 900 }), UNTIL);
      await accounts.settle(key, limits, of({ micros: 900 }), of({ micros: 1_200 }));
      expect(await accounts.read(key)).toMatchObject({ left: { micros: -200 }, spent: of({ micros: 1_200 }) });
    });

    test('are raised once for each answer, also before they began', async () => {
      const { accounts } = world();
      const key = some();
      const raise = { id: 'answer-1', by: { micros: 500 }, seconds: 30, at: T0 };
      await accounts.raise(key, limits, raise);
      await accounts.raise(key, limits, raise);
      expect(await accounts.read(key)).toMatchObject({
        ...{ limit: { micros: 1_500, calls: 3 }, left: { micros: 1_500, calls: 3 } },
        ...{ moreSeconds: 30, raises: ['answer-1'] },
      });
      expect(await accounts.take(key, limits, of({ micros: 900 }), UNTIL)).toBeUndefined();
      await accounts.raise(key, limits, { id: 'answer-2', by: { calls: 2 }, at: T0 });
      expect(await accounts.read(key)).toMatchObject({
        limit: { micros: 1_500, calls: 5 },
        left: { micros: 600, calls: 5 },
      });
    });

    test('let one call at a time ask for more, until it was answered or has not come back', async () => {
      const { accounts } = world();
      const key = some();
      const mayAsk = (by: string, at: number, shows: string) => accounts.mayAsk(key, by, at, 1_000, shows);
      expect([await mayAsk('a', T0, '1 left'), await mayAsk('b', T0 + 1, '2 left')]).toEqual(['1 left', undefined]);
      // Whoever asked shows the same, however long that is ago: the answer is to that.
      expect(await mayAsk('a', T0 + 5_000, '3 left')).toBe('1 left');
      expect([await mayAsk('b', T0 + 1_001, '4 left'), await mayAsk('a', T0 + 1_002, '5 left')]).toEqual([
        '4 left',
        undefined,
      ]);
      expect(await accounts.take(key, limits, of({ micros: 1_001 }), UNTIL)).toMatchObject({
        refused: { limit: limits, left: limits, asking: { by: 'b', at: T0 + 1_001, shows: '4 left' } },
      });
      await accounts.raise(key, limits, { id: 'answer', by: { micros: 1 }, at: T0 });
      expect(await mayAsk('a', T0 + 1_005, '6 left')).toBe('6 left');
    });

    test('give nothing out once they are closed', async () => {
      const { accounts } = world();
      const key = some();
      await accounts.close(key, 'ada added nothing');
      await accounts.close(key, 'somebody else');
      expect(await accounts.take(key, limits, of({ micros: 1 }), UNTIL)).toMatchObject({
        refused: { closed: 'ada added nothing', left: limits },
      });
      expect(await accounts.mayAsk(key, 'a', T0, 1_000, null)).toBeUndefined();
    });

    test('give out by another limit once somebody has set one, and only what the caller counts', async () => {
      const { accounts } = world();
      const key = some();
      await accounts.take(key, limits, of({ micros: 400, calls: 1 }), UNTIL);
      await accounts.close(key, 'ada added nothing');
      const lower = { id: 'edit-1', by: { micros: -500 }, at: T0, reopens: true } as const;
      await accounts.raise(key, { micros: 1_000 }, lower);
      await accounts.raise(key, { micros: 1_000 }, lower);
      const now = { limit: { micros: 500, calls: 3 }, left: { micros: 100, calls: 2 } };
      expect(await accounts.read(key)).toMatchObject(now);
      expect(await accounts.take(key, limits, of({ micros: 101 }), UNTIL)).toMatchObject({ refused: now });
      // The new definition does not bound calls any more.
      expect(await accounts.take(key, { micros: 500 }, of({ micros: 100, calls: 9 }), UNTIL)).toBeUndefined();
      await accounts.settle(key, { micros: 500 }, of({ micros: 100, calls: 9 }), of({ micros: 50, calls: 9 }));
      expect(await accounts.read(key)).toMatchObject({ left: { micros: 50, calls: 2 }, spent: { calls: 9 } });
    });

    test('are listed by run, its own first', async () => {
      const { accounts } = world();
      const key = some();
      for (const part of ['b@worker', '', 'a']) await accounts.take({ ...key, part }, limits, of({ calls: 1 }), UNTIL);
      await accounts.take({ ...key, tenant: 'other' }, limits, of({ calls: 1 }), UNTIL);
      expect((await accounts.list('acme', key.runId)).map(({ part }) => part)).toEqual(['', 'a', 'b@worker']);
    });
  });

  describe('rates of models', () => {
    const rate = { tokensPerMinute: 60_000, requestsPerMinute: 60 };
    const take = (key: { tenant: string; model: string }, tokens: number, now: number) =>
      world()
        .freshRates()
        .take(key, costsOf(rate, tokens, now), now);

    test('admit a burst, then what is paid off, over all that ask', async () => {
      const key = { tenant: someName('tenant'), model: 'fast' };
      const burst = [await take(key, 7_500, T0), await take(key, 7_500, T0), await take(key, 1_000, T0)];
      expect(burst).toEqual([0, 0, 1_000]);
      expect([await take(key, 1_000, T0 + 999), await take(key, 1_000, T0 + 1_000)]).toEqual([1, 0]);
      expect(await take({ ...key, tenant: someName('tenant') }, 15_000, T0)).toBe(0);
    });

    test('count requests beside tokens, and take both or neither', async () => {
      const key = { tenant: someName('tenant'), model: 'fast' };
      for (let call = 0; call < 15; call++) expect(await take(key, 1, T0)).toBe(0);
      expect(await take(key, 14_000, T0)).toBe(1_000);
      expect(await take(key, 14_000, T0 + 1_000)).toBe(0);
    });

    test('admit a call that is larger than a burst once everything before is paid off', async () => {
      const key = { tenant: someName('tenant'), model: 'fast' };
      expect(await take(key, 1_000, T0)).toBe(0);
      expect([await take(key, 40_000, T0), await take(key, 40_000, T0 + 1_000)]).toEqual([1_000, 0]);
      expect(await take(key, 1, T0 + 1_000)).toBe(25_001);
    });

    test('never admit more than the rate, however many ask at once', async () => {
      const key = { tenant: someName('tenant'), model: 'fast' };
      const waits = await Promise.all(Array.from({ length: 20 }, () => take(key, 1_500, T0)));
      expect(waits.filter((wait) => wait === 0)).toHaveLength(10);
    });
  });

  describe('stops', () => {
    const on = (tenant: string, runId = someRunId(), agent = 'nobody') =>
      world().freshStops().on({ tenant, runId, agent });

    test('come from holds that pause, of the tenant or of all', async () => {
      const [paused, draining] = [someName('tenant'), someName('tenant')];
      const hold = { by: 'ada', reason: 'too dear', at: T0 };
      await world()
        .freshHolds()
        .set(paused, { ...hold, action: 'pause' }, T0);
      await world()
        .freshHolds()
        .set(draining, { ...hold, action: 'drain' }, T0);
      expect([await on(paused), await on(draining)]).toEqual([{ by: 'ada', reason: 'too dear' }, undefined]);
      await world()
        .freshHolds()
        .set(paused, undefined, T0 + 1);
      expect(await on(paused)).toBeUndefined();
    });

    test('come from people who take an agent out of the pool, not from what is judged of it', async () => {
      const agent = someName('agent');
      await world().registryWriter.registerAgent({
        ...{ name: agent, version: '1.0.0', description: 'works', system: 'test', capabilities: {}, retry: {} },
        inbox: { express: 'https://queues/express', standard: 'https://queues/standard' },
        effects: 'none',
        health: { avgProcessingSeconds: 5, errorRate: 0.05, queueDepth: 100 },
      });
      const health = (state: AgentHealth['state'], by?: string): AgentHealth => ({
        ...{ agent_id: agent, state, is_healthy: true, issues: [], since: T0 },
        ...(by && { set_by: by }),
      });
      const stopOf = async (one: AgentHealth) => {
        await world().registryWriter.recordHealth(agent, one);
        return on(someName('tenant'), someRunId(), agent);
      };
      expect(await stopOf(health('maintenance'))).toBeUndefined();
      expect(await stopOf(health('draining', 'ada'))).toBeUndefined();
      expect(await stopOf(health('quarantined', 'ada'))).toMatchObject({ by: 'ada' });
    });

    test('are set of a run until it goes on, and an older word changes nothing', async () => {
      const runId = someRunId();
      const tenant = someName('tenant');
      const stop = { by: 'ada', reason: 'wait' };
      const stops = world().freshStops();
      await stops.setRun(runId, stop, T0 + 2);
      await stops.setRun(runId, undefined, T0 + 1);
      expect(await on(tenant, runId)).toEqual(stop);
      await stops.setRun(runId, undefined, T0 + 3);
      expect(await on(tenant, runId)).toBeUndefined();
      await stops.setRun(runId, { ...stop, ended: true }, T0 + 4);
      expect(await on(tenant, runId)).toEqual({ ...stop, ended: true });
      // What takes back a run that has ended is not let by while its tenant is held.
      await world().freshHolds().set(tenant, { by: 'kim', reason: '', action: 'pause', at: T0 }, T0);
      expect(await on(tenant, runId)).toEqual({ by: 'kim', reason: '' });
    });
  });
}
