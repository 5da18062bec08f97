import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BreakerState, DEFAULT_BREAKER } from '../../../lambdas/contracts/breaker.ts';
import { CLOSED, phaseOf, recordFailure, takeProbe } from '../../../lambdas/workflow/breaker.ts';
import { NOW } from '../../support/factories.ts';

const failure = (id: string, at: number, probe = false) => ({ id, at, probe });
/** The state after these failures. */
const failing = (failures: ReadonlyArray<{ id: string; at: number; probe: boolean }>, from: BreakerState = CLOSED) =>
  failures.reduce((state, each) => recordFailure(state, each, DEFAULT_BREAKER).state, from);
const seconds = (count: number) => NOW + count * 1_000;
const opened = failing([0, 1, 2, 3, 4].map((i) => failure(`f${i}`, seconds(i))));

describe('a breaker', () => {
  test('opens at the fifth failure within a minute, for a minute', () => {
    const four = failing([0, 1, 2, 3].map((i) => failure(`f${i}`, seconds(i))));
    expect(phaseOf(four, seconds(3))).toBe('closed');
    const fifth = recordFailure(four, failure('f4', seconds(4)), DEFAULT_BREAKER);
    expect(fifth.opened).toBe(true);
    expect(phaseOf(fifth.state, seconds(4))).toBe('open');
    expect(phaseOf(fifth.state, seconds(64) - 1)).toBe('open');
    expect(phaseOf(fifth.state, seconds(64))).toBe('half_open');
  });

  test('stays closed when the failures are spread over more than a minute', () => {
    const state = failing([0, 20, 40, 60, 80, 100].map((i) => failure(`f${i}`, seconds(i))));
    expect(phaseOf(state, seconds(100))).toBe('closed');
    expect(state.failures.map(({ id }) => id)).toEqual(['f60', 'f80', 'f100']);
  });

  test('counts each failure once, however often it is reported', () => {
    const once = failing([failure('f', NOW)]);
    expect(recordFailure(once, failure('f', NOW), DEFAULT_BREAKER)).toEqual({ state: once, opened: false });
    expect(recordFailure(once, failure('f', NOW), DEFAULT_BREAKER).state).toBe(once);
  });

  test('takes its numbers from the policy', () => {
    const state = recordFailure(CLOSED, failure('f', NOW), { failures: 1, seconds: 2.5 });
    expect(state).toEqual({ state: { failures: [{ id: 'f', at: NOW }], open_until: NOW + 2_500 }, opened: true });
  });

  test('is not kept open by failures of work that was under way when it opened', () => {
    const late = recordFailure(opened, failure('late', seconds(30)), DEFAULT_BREAKER);
    expect(late).toEqual({ state: opened, opened: false });
  });

  test('opens again when as many failures come after its time, though nobody has probed', () => {
    const state = failing(
      [70, 71, 72, 73, 74].map((i) => failure(`g${i}`, seconds(i))),
      opened,
    );
    expect(phaseOf(state, seconds(75))).toBe('open');
    expect(state.open_until).toBe(seconds(134));
  });
});

describe('the probe of a breaker', () => {
  test('is there only once the time is over', () => {
    expect(takeProbe(CLOSED, 'run-a', NOW, seconds(300))).toBeUndefined();
    expect(takeProbe(opened, 'run-a', seconds(63), seconds(300))).toBeUndefined();
    const taken = takeProbe(opened, 'run-a', seconds(64), seconds(300));
    expect(taken?.probe).toEqual({ holder: 'run-a', until: seconds(300) });
  });

  test('has one holder at a time, who may ask again', () => {
    const taken = takeProbe(opened, 'run-a', seconds(64), seconds(300)) ?? CLOSED;
    expect(phaseOf(taken, seconds(65))).toBe('probing');
    expect(takeProbe(taken, 'run-b', seconds(65), seconds(400))).toBeUndefined();
    expect(takeProbe(taken, 'run-a', seconds(65), seconds(400))).toBe(taken);
  });

  test('goes to another when the lease is over', () => {
    const taken = takeProbe(opened, 'run-a', seconds(64), seconds(300)) ?? CLOSED;
    expect(phaseOf(taken, seconds(300))).toBe('half_open');
    expect(takeProbe(taken, 'run-b', seconds(300), seconds(400))?.probe?.holder).toBe('run-b');
  });

  test('opens it again at once when it fails, and gives up the lease', () => {
    const taken = takeProbe(opened, 'run-a', seconds(64), seconds(300)) ?? CLOSED;
    const failed = recordFailure(taken, failure('probe', seconds(70), true), DEFAULT_BREAKER);
    expect(failed.opened).toBe(true);
    expect(failed.state.open_until).toBe(seconds(130));
    expect(failed.state.probe).toBeUndefined();
  });

  test('counts as any other failure when the breaker was closed meanwhile', () => {
    const late = recordFailure(CLOSED, failure('probe', NOW, true), DEFAULT_BREAKER);
    expect(late).toEqual({ state: { failures: [{ id: 'probe', at: NOW }] }, opened: false });
  });
});

describe('whatever happens to a breaker', () => {
  const step = fc.record({
    id: fc.integer({ min: 0, max: 30 }).map((i) => `f${i}`),
    at: fc.integer({ min: 0, max: 300 }).map(seconds),
    probe: fc.boolean(),
  });

  test('its open time never moves back, and it keeps no more failures than it counts', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        let state = CLOSED;
        for (const each of steps) {
          const next = recordFailure(state, each, DEFAULT_BREAKER);
          expect(next.state.open_until ?? 0).toBeGreaterThanOrEqual(state.open_until ?? 0);
          expect(next.state.failures.length).toBeLessThanOrEqual(DEFAULT_BREAKER.failures);
          if (next.opened) expect(next.state.open_until).toBeGreaterThan(each.at);
          if (next.opened && state.open_until === undefined) expect(next.state.failures).toHaveLength(5);
          state = next.state;
        }
      }),
    );
  });

  test('failures that come in another order within a minute open it all the same', () => {
    const five = [0, 10, 20, 30, 40].map((i) => failure(`f${i}`, seconds(i)));
    fc.assert(
      fc.property(fc.shuffledSubarray(five, { minLength: 5 }), (shuffled) => {
        const state = failing(shuffled);
        expect(state.open_until).toBeGreaterThanOrEqual(seconds(60));
        expect(state.failures).toEqual(five.map(({ id, at }) => ({ id, at })));
      }),
    );
  });

  test('at most one of many holders has its probe at any time', () => {
    const attempt = fc.record({ holder: fc.constantFrom('a', 'b', 'c'), wait: fc.integer({ min: 0, max: 90 }) });
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 30, size: 'max' }), (attempts) => {
        let state = opened;
        let now = seconds(64);
        let lease: { holder: string; until: number } | undefined;
        for (const { holder, wait } of attempts) {
          now += wait * 1_000;
          const taken = takeProbe(state, holder, now, now + 60_000);
          const free = lease === undefined || lease.until <= now;
          expect(taken !== undefined).toBe(free || lease?.holder === holder);
          if (taken && free) lease = { holder, until: now + 60_000 };
          state = taken ?? state;
        }
      }),
    );
  });
});
