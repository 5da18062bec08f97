import { describe, expect, test } from '@jest/globals';
import { DEFAULT_BREAKER } from '../../../../lambdas/contracts/breaker.ts';
import type { Breakers } from '../../../../lambdas/runtime/ports.ts';
import { someName, type World } from './ports-under-test.ts';

const T0 = 1_767_225_600_000;
const AFTER = T0 + 61_000;

export function breakersContract(world: World): void {
  describe('breakers', () => {
    const stateOf = async (agent: string) => (await world().freshBreakers().read()).get(agent);
    const fail = (breakers: Breakers, agent: string, i: number, at = T0 + i) =>
      breakers.recordFailure(agent, `run/task-${i}`, at, DEFAULT_BREAKER, false);
    async function opened(): Promise<{ breakers: Breakers; agent: string }> {
      const breakers = world().freshBreakers();
      const agent = someName('agent');
      for (const i of [0, 1, 2, 3, 4]) await fail(breakers, agent, i);
      return { breakers, agent };
    }

    test('open at the number of the policy, once, and every coordinator reads it', async () => {
      const breakers = world().freshBreakers();
      const agent = someName('agent');
      const answers = [];
      for (const i of [0, 1, 2, 3, 4, 5]) answers.push(await fail(breakers, agent, i));
      expect(answers.map((answer) => answer.opened)).toEqual([false, false, false, false, true, false]);
      const state = await stateOf(agent);
      expect(state?.open_until).toBe(T0 + 4 + 60_000);
      expect(state).toEqual(answers[4]?.state);
      expect((await breakers.read()).get(agent)).toEqual(state);
    });

    test('that have seen too little are closed, and not among those to mind', async () => {
      const breakers = world().freshBreakers();
      const agent = someName('agent');
      await fail(breakers, agent, 0);
      expect(await stateOf(agent)).toBeUndefined();
    });

    test('count a failure once, however often it is reported', async () => {
      const breakers = world().freshBreakers();
      const agent = someName('agent');
      for (let turn = 0; turn < 8; turn++) await fail(breakers, agent, 0);
      expect((await fail(breakers, agent, 1)).state.failures).toHaveLength(2);
      expect(await stateOf(agent)).toBeUndefined();
    });

    test('lose none of the failures that many coordinators report at once', async () => {
      const agent = someName('agent');
      const answers = await Promise.all([0, 1, 2, 3, 4].map((i) => fail(world().freshBreakers(), agent, i)));
      expect(answers.filter(({ opened: didOpen }) => didOpen)).toHaveLength(1);
      expect((await stateOf(agent))?.open_until).toBeGreaterThan(T0);
    });

    test('give their one probe to one of many who want it, once their time is over', async () => {
      const { agent } = await opened();
      const take = (i: number, now: number) =>
        world()
          .freshBreakers()
          .takeProbe(agent, `run-${i}`, now, now + 60_000);
      expect(await take(0, T0 + 30_000)).toBe(false);
      const taken = await Promise.all(Array.from({ length: 6 }, (_, i) => take(i, AFTER)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      const winner = taken.indexOf(true);
      expect(await take(winner, AFTER + 1)).toBe(true);
      expect(await take(winner + 1, AFTER + 1)).toBe(false);
      expect((await stateOf(agent))?.probe).toEqual({ holder: `run-${winner}`, until: AFTER + 60_000 });
      expect(await take(winner + 1, AFTER + 60_000)).toBe(true);
    });

    test('have no probe while they are closed', async () => {
      const breakers = world().freshBreakers();
      expect(await breakers.takeProbe(someName('agent'), 'run', AFTER, AFTER + 60_000)).toBe(false);
    });

    test('open again at once when the probe fails', async () => {
      const { breakers, agent } = await opened();
      await breakers.takeProbe(agent, 'run', AFTER, AFTER + 60_000);
      const failed = await breakers.recordFailure(agent, 'run/probe', AFTER + 5, DEFAULT_BREAKER, true);
      expect(failed.opened).toBe(true);
      expect(failed.state.open_until).toBe(AFTER + 5 + 60_000);
      expect(await breakers.takeProbe(agent, 'other', AFTER + 10, AFTER + 60_000)).toBe(false);
    });

    test('are closed by exactly one of those who close them, and count anew', async () => {
      const { agent } = await opened();
      const closed = await Promise.all(Array.from({ length: 4 }, () => world().freshBreakers().close(agent)));
      expect(closed.filter(Boolean)).toHaveLength(1);
      expect(await stateOf(agent)).toBeUndefined();
      expect(await world().freshBreakers().close(agent)).toBe(false);
      const next = await fail(world().freshBreakers(), agent, 9, AFTER);
      expect(next).toEqual({ state: { failures: [{ id: 'run/task-9', at: AFTER }] }, opened: false });
    });

    test('that nobody ever opened are closed already', async () => {
      expect(await world().freshBreakers().close(someName('agent'))).toBe(false);
    });
  });
}
