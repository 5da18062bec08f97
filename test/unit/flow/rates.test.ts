import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LATENESS_MS } from '../../../lambdas/flow/gcra.ts';
import { flowPlayer } from '../../support/flow-player.ts';

const rate = fc.record({
  limit: fc.integer({ min: 1, max: 200 }),
  periodSeconds: fc.integer({ min: 1, max: 120 }),
  burst: fc.integer({ min: 1, max: 20 }),
});

describe('a rate', () => {
  test('holds in every window of time, but for what a timer may be late', () => {
    const wakes = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(rate, wakes, fc.integer({ min: 1, max: 2_000 }), (rule, pauses, asked) => {
        const flow = flowPlayer({ kind: 'rate', ...rule });
        const given: Array<[at: number, permits: number]> = [];
        const note = (): void => void given.push([flow.now(), flow.granted('a')]);
        flow.turn(flow.ask('a', { asked }));
        note();
        for (const ms of pauses) {
          flow.wake(ms);
          note();
        }
        const interval = (rule.periodSeconds * 1_000) / rule.limit;
        for (const [from, [start]] of given.entries()) {
          const before = from === 0 ? 0 : (given[from - 1]?.[1] ?? 0);
          for (const [at, total] of given.slice(from)) {
            const most = rule.burst + (at - start + LATENESS_MS) / interval + 1e-3;
            expect(total - before).toBeLessThanOrEqual(most);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('spaces permits out to the millisecond when its timers are in time', () => {
    const flow = flowPlayer({ kind: 'rate', limit: 6, periodSeconds: 60 });
    flow.turn(flow.ask('a', { asked: 4 }));
    const at = [0];
    for (let permits = 1; permits < 4; permits += 1) {
      const armed = flow.state().timer ?? 0;
      flow.wake(armed - flow.now() - 1);
      expect(flow.granted('a')).toBe(permits);
      flow.wake(1);
      expect(flow.granted('a')).toBe(permits + 1);
      at.push(flow.now());
    }
    expect(
      at
        .slice(1)
        .map((time, i) => time - (at[i] ?? 0))
        .slice(1),
    ).toEqual([10_000, 10_000]);
  });

  test('is kept up although timers know only whole seconds', () => {
    const flow = flowPlayer({ kind: 'rate', limit: 50, periodSeconds: 1 });
    flow.turn(flow.ask('a', { asked: 1_000 }));
    for (let second = 0; second < 10; second += 1) flow.wake(1_000);
    expect(flow.granted('a')).toBe(501);
  });

  test('lets a burst through after a quiet time, and saves up no more than that', () => {
    const flow = flowPlayer({ kind: 'rate', limit: 1, periodSeconds: 10, burst: 3 });
    flow.pass(3_600_000);
    flow.turn(flow.ask('a', { asked: 9 }));
    expect(flow.granted('a')).toBe(3);
    flow.wake(600_000);
    expect(flow.granted('a')).toBe(6);
  });

  test('that was made faster does not wait for what the slower one had put off', () => {
    const flow = flowPlayer({ kind: 'rate', limit: 1, periodSeconds: 86_400 });
    flow.turn(flow.ask('a', { asked: 3 }));
    const gate = { ...flow.gate, rule: { kind: 'rate', limit: 1, periodSeconds: 2 } } as const;
    flow.turn(flow.ask('b', { gate }));
    flow.wake(2_000);
    expect(flow.granted('a') + flow.granted('b')).toBe(2);
  });

  test('renews the sweeper row rarely, and its timer when it has gone off', () => {
    const flow = flowPlayer({ kind: 'rate', limit: 1, periodSeconds: 1 });
    flow.turn(flow.ask('a', { asked: 200 }));
    const events = Array.from({ length: 120 }, () => flow.wake(1_000)).flat();
    expect(events.filter(({ type }) => type === 'timer_armed')).toHaveLength(120);
    expect(events.filter(({ type }) => type === 'wake_set').length).toBeLessThanOrEqual(3);
  });
});
