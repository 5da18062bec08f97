import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { memoryRates } from '../../../lambdas/adapters/memory/memory-rates.ts';
import { memoryTable } from '../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../lambdas/adapters/memory/meter.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import type { Rates } from '../../../lambdas/runtime/budgets/rate.ts';
import { createLocalLimiter } from '../../../lambdas/tenancy/local-limiter.ts';
import { createRateLimiter, type RateLimiter } from '../../../lambdas/tenancy/rate-limiter.ts';
import { createRequestLimits } from '../../../lambdas/tenancy/request-limits.ts';

const SILENT = { warn: () => {} };

/** So many containers of the API over one store, whose answers take their time. */
function fleet(containers: number, delayMs = 0) {
  const clock = virtualClock();
  const meter = createMeter();
  const shared = memoryRates(memoryTable(meter));
  let calls = 0;
  const rates: Rates = {
    async take(...given) {
      calls += 1;
      if (delayMs > 0) await new Promise<void>((resolve) => void clock.after(delayMs, resolve));
      return shared.take(...given);
    },
  };
  const limiters = Array.from({ length: containers }, () => createRateLimiter({ rates, clock, logger: SILENT }));
  return { clock, limiters, calls: () => calls };
}
const pick = (limiters: readonly RateLimiter[], index: number): RateLimiter => {
  const limiter = limiters[index % limiters.length];
  if (!limiter) throw new Error('there are containers');
  return limiter;
};
const ACME = { tenant: 'acme', name: 'all' };

describe('however many ask at once over however many containers', () => {
  test('no more is given out than the burst and what the rate has added', async () => {
    const requests = fc.array(fc.record({ afterMs: fc.nat(40), count: fc.integer({ min: 1, max: 30 }) }), {
      maxLength: 40,
    });
    const setup = {
      perSecond: fc.integer({ min: 1, max: 200 }),
      burst: fc.integer({ min: 1, max: 100 }),
      containers: fc.integer({ min: 1, max: 12 }),
    };
    await fc.assert(
      fc.asyncProperty(requests, fc.record(setup), async (waves, { perSecond, burst, containers }) => {
        const { clock, limiters } = fleet(containers);
        const began = clock.now();
        let given = 0;
        let asked = 0;
        for (const { afterMs, count } of waves) {
          await clock.advance(afterMs);
          const answers = await Promise.all(
            Array.from({ length: count }, () => pick(limiters, asked++).take(ACME, { perSecond, burst })),
          );
          given += answers.filter(({ ok }) => ok).length;
          expect(given).toBeLessThanOrEqual(burst + ((clock.now() - began) * perSecond) / 1_000 + 1e-6);
        }
        if (asked > 0) expect(given).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  test('a thousand at the same moment get the burst, and the others are told when to come back', async () => {
    const { limiters, clock } = fleet(50);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => pick(limiters, index).take(ACME, { perSecond: 10, burst: 40 })),
    );
    const given = answers.filter(({ ok }) => ok).length;
    expect(given).toBe(40);
    for (const answer of answers) if (!answer.ok) expect(answer.retryAfterMs).toBeGreaterThan(0);
    await clock.advance(1_000);
    const later = await Promise.all(limiters.map((limiter) => limiter.take(ACME, { perSecond: 10, burst: 40 })));
    expect(later.filter(({ ok }) => ok)).toHaveLength(10);
  });
});

describe('the shared row', () => {
  test('is asked far less often than requests come, when one container has them all', async () => {
    const { limiters, clock, calls } = fleet(1);
    let given = 0;
    for (let index = 0; index < 2_000; index++) {
      await clock.advance(5);
      if ((await pick(limiters, 0).take(ACME, { perSecond: 400, burst: 800 })).ok) given += 1;
    }
    expect(given).toBe(2_000);
    expect(calls()).toBeLessThan(200);
  });

  test('is left alone by those who were refused, until there can be more', async () => {
    const { limiters, calls } = fleet(1);
    for (let index = 0; index < 5; index++) await pick(limiters, 0).take(ACME, { perSecond: 0.1, burst: 1 });
    const before = calls();
    for (let index = 0; index < 1_000; index++) await pick(limiters, 0).take(ACME, { perSecond: 0.1, burst: 1 });
    expect(calls()).toBe(before);
  });

  test('out of reach: each container keeps to the rate by itself', async () => {
    const rates: Rates = { take: () => Promise.reject(new Error('no route')) };
    const warned: string[] = [];
    const limiter = createRateLimiter({
      rates,
      clock: virtualClock(),
      logger: { warn: (line) => void warned.push(line) },
    });
    const answers: boolean[] = [];
    for (let index = 0; index < 10; index++) answers.push((await limiter.take(ACME, { perSecond: 1, burst: 3 })).ok);
    expect(answers.filter(Boolean)).toHaveLength(3);
    expect(warned.length).toBeGreaterThan(0);
  });
});

describe('tenants', () => {
  test('do not use up each other’s permits, nor do people those of their colleagues', async () => {
    const { limiters } = fleet(3);
    const limits = createRequestLimits(pick(limiters, 0));
    const plan = { requestsPerSecond: 100, burst: 50, requestsPerSecondEach: 5 };
    const ask = (tenant: string, sub: string) => limits.admit({ tenant, sub, limits: plan });
    const noisy = await Promise.all(Array.from({ length: 500 }, () => ask('acme', 'ann')));
    expect(noisy.filter(({ ok }) => ok)).toHaveLength(10);
    expect(noisy.find(({ ok }) => !ok)).toMatchObject({ code: 'rate_limited', of: 'principal', retryAfterSeconds: 1 });
    expect(await ask('acme', 'bob')).toEqual({ ok: true });
    expect(await ask('other', 'ann')).toEqual({ ok: true });
  });

  test('are told apart even where their names run together', async () => {
    const { limiters } = fleet(1);
    const one = { perSecond: 0.001, burst: 1 };
    expect(await pick(limiters, 0).take({ tenant: 'a', name: 'sub:b#c' }, one)).toEqual({ ok: true });
    expect(await pick(limiters, 0).take({ tenant: 'a-b', name: 'c' }, one)).toEqual({ ok: true });
    expect((await pick(limiters, 0).take({ tenant: 'a', name: 'sub:b#c' }, one)).ok).toBe(false);
  });

  test('together are bounded where all of one tenant’s people come at once', async () => {
    const { limiters } = fleet(8);
    const plan = { requestsPerSecond: 10, burst: 20, requestsPerSecondEach: 10 };
    const all = await Promise.all(
      Array.from({ length: 400 }, (_, index) =>
        createRequestLimits(pick(limiters, index)).admit({ tenant: 'acme', sub: `user-${index}`, limits: plan }),
      ),
    );
    expect(all.filter(({ ok }) => ok)).toHaveLength(20);
    expect(all.find(({ ok }) => !ok)).toMatchObject({ of: 'tenant' });
  });
});

describe('a container’s own limiter', () => {
  test('forgets the address that it saw longest ago, and never remembers more than it may', () => {
    const clock = virtualClock();
    const limiter = createLocalLimiter(clock, 2);
    const rate = { perSecond: 1, burst: 1 };
    expect(['a', 'b', 'b', 'c', 'a'].map((name) => limiter.take(name, rate).ok)).toEqual([
      true,
      true,
      false,
      true,
      true,
    ]);
    expect(limiter.look('a', rate).ok).toBe(false);
  });
});
