import { describe, expect, test } from '@jest/globals';
import { virtualClock } from '../../../../lambdas/adapters/memory/virtual-clock.ts';
import { createBatcher } from '../../../../lambdas/runtime/pools/batcher.ts';
import { createBreaker } from '../../../../lambdas/runtime/pools/breaker.ts';
import { POOLS } from '../../../../lambdas/runtime/pools/defaults.ts';
import { ConnectionPoolExhausted } from '../../../../lambdas/runtime/pools/exhausted.ts';
import { createPlaces } from '../../../../lambdas/runtime/pools/places.ts';
import { createResourcePool } from '../../../../lambdas/runtime/pools/resources.ts';

const turns = async (count = 5): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

test("the pools have the documents' defaults", () => {
  expect(POOLS).toEqual({
    model: { places: 10, acquireMs: 30_000 },
    http: { clients: 5, timeoutMs: 30_000, connections: 10, keptAlive: 5, acquireMs: 30_000 },
    database: { places: 10, acquireMs: 30_000 },
  });
});

describe('places', () => {
  test('let so many in at once, and the others in their order', async () => {
    const places = createPlaces({ name: 'x', places: 2, acquireMs: 1_000 }, virtualClock());
    const order: number[] = [];
    const leave: Array<() => void> = [];
    const work = [1, 2, 3, 4].map((id) =>
      places.with(async () => {
        order.push(id);
        await new Promise<void>((resolve) => leave.push(resolve));
      }),
    );
    await turns();
    expect(order).toEqual([1, 2]);
    expect(places).toMatchObject({ taken: 2, waiting: 2 });
    leave[1]?.();
    await turns();
    expect(order).toEqual([1, 2, 3]);
    leave[0]?.();
    await turns();
    for (const go of leave) go();
    await Promise.all(work);
    expect(places).toMatchObject({ taken: 0, waiting: 0 });
  });

  test('that nobody gives back in time are exhausted, after 30 s', async () => {
    const clock = virtualClock();
    const places = createPlaces({ name: 'ollama', ...POOLS.model, places: 1 }, clock);
    const give = await places.take();
    const late = places.take();
    clock.advance(29_999);
    clock.fireDue();
    await turns();
    expect(places.waiting).toBe(1);
    clock.advance(1);
    clock.fireDue();
    await expect(late).rejects.toThrow(ConnectionPoolExhausted);
    await expect(late).rejects.toMatchObject({ code: 'connection_pool_exhausted', class: 'recoverable' });
    give();
    // Whoever gave up is not served, and its place is not lost.
    await expect(places.take()).resolves.toBeInstanceOf(Function);
    expect(places.waiting).toBe(0);
  });

  test('are not waited for by work that was aborted', async () => {
    const places = createPlaces({ name: 'x', places: 1, acquireMs: 1_000 }, virtualClock());
    const give = await places.take();
    const abort = new AbortController();
    const waiting = places.take(abort.signal);
    abort.abort(new Error('too late'));
    await expect(waiting).rejects.toThrow('too late');
    await expect(places.take(abort.signal)).rejects.toThrow('too late');
    give();
    give();
    expect(places).toMatchObject({ taken: 0, waiting: 0 });
  });

  test('come free when the work in them fails', async () => {
    const places = createPlaces({ name: 'x', places: 1, acquireMs: 1_000 }, virtualClock());
    await expect(places.with(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(places.with(async () => 'yes')).resolves.toBe('yes');
  });
});

describe('a pool of resources', () => {
  function connections(options = {}) {
    const clock = virtualClock();
    const log: string[] = [];
    let made = 0;
    const pool = createResourcePool<{ id: number; broken?: boolean }>(
      {
        name: 'database',
        ...POOLS.database,
        create: () => {
          made += 1;
          log.push(`open ${made}`);
          return { id: made };
        },
        destroy: ({ id }) => void log.push(`close ${id}`),
        ...options,
      },
      clock,
    );
    return { clock, log, pool };
  }

  test('makes them when they are needed, and uses them again', async () => {
    const { pool, log } = connections();
    await pool.use(async () => {});
    await Promise.all([pool.use(async () => turns()), pool.use(async () => turns())]);
    await pool.use(async ({ id }) => log.push(`use ${id}`));
    expect(log).toEqual(['open 1', 'open 2', expect.stringMatching(/^use [12]$/)]);
    await pool.close();
    expect(log.slice(3).sort()).toEqual(['close 1', 'close 2']);
  });

  test('does not keep what failed, unless it is said to be usable', async () => {
    const { pool, log } = connections();
    await expect(pool.use(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(log).toEqual(['open 1', 'close 1']);
    const careful = connections({ isUsable: (one: { broken?: boolean }) => !one.broken });
    await expect(careful.pool.use(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    await careful.pool.use(async (one) => {
      one.broken = true;
    });
    await careful.pool.use(async ({ id }) => careful.log.push(`use ${id}`));
    expect(careful.log).toEqual(['open 1', 'close 1', 'open 2', 'use 2']);
  });

  test('lets go of what was idle for too long', async () => {
    const { pool, log, clock } = connections({ idleMs: 60_000 });
    await pool.use(async () => {});
    clock.advance(60_000);
    await pool.use(async () => {});
    expect(log).toEqual(['open 1', 'close 1', 'open 2']);
  });

  test('never uses more than its places', async () => {
    const { pool } = connections({ places: 3 });
    let most = 0;
    let now = 0;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        pool.use(async () => {
          now += 1;
          most = Math.max(most, now);
          await turns(1);
          now -= 1;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(pool.idle).toBe(3);
  });
});

describe('a breaker', () => {
  const outcome = (breaker: ReturnType<typeof createBreaker>, how: 'success' | 'failure' | 'neither'): boolean => {
    const entered = breaker.enter();
    if (!('ok' in entered)) return false;
    entered.end(how);
    return true;
  };

  test('opens after five failures within a minute, and lets one probe through after another', () => {
    const clock = virtualClock();
    const breaker = createBreaker(clock);
    for (let failure = 1; failure <= 5; failure += 1) expect(outcome(breaker, 'failure')).toBe(true);
    expect(breaker.enter()).toEqual({ retryAfterMs: 60_000 });
    clock.advance(60_000);
    const probe = breaker.enter();
    expect('ok' in probe).toBe(true);
    expect('ok' in breaker.enter()).toBe(false);
    if ('ok' in probe) probe.end('failure');
    expect(breaker.enter()).toEqual({ retryAfterMs: 60_000 });
    clock.advance(60_000);
    expect(outcome(breaker, 'success')).toBe(true);
    expect(outcome(breaker, 'failure')).toBe(true);
    expect(outcome(breaker, 'success')).toBe(true);
  });

  test('forgets failures that are older than a minute', () => {
    const clock = virtualClock();
    const breaker = createBreaker(clock);
    for (let failure = 1; failure <= 20; failure += 1) {
      expect(outcome(breaker, 'failure')).toBe(true);
      clock.advance(15_001);
    }
  });

  test('learns nothing from a probe that came to nothing, and waits for one that never ends no longer than a minute', () => {
    const clock = virtualClock();
    const breaker = createBreaker(clock, { failures: 1, windowMs: 60_000 });
    outcome(breaker, 'failure');
    clock.advance(60_000);
    expect(outcome(breaker, 'neither')).toBe(true);
    expect('ok' in breaker.enter()).toBe(true);
    expect('ok' in breaker.enter()).toBe(false);
    clock.advance(60_000);
    expect('ok' in breaker.enter()).toBe(true);
  });
});

describe('a batcher', () => {
  function batcher(size: number, waitMs: number) {
    const clock = virtualClock();
    const batches: number[][] = [];
    const add = createBatcher<number, number>({ size, waitMs }, clock, async (items) => {
      batches.push([...items]);
      if (items.includes(13)) throw new Error('unlucky');
      return items.includes(99) ? [] : items.map((item) => item * 2);
    });
    return { clock, batches, ...add };
  }

  test('sends a batch as soon as it is full', async () => {
    const { add, batches } = batcher(3, 1_000);
    await expect(Promise.all([1, 2, 3].map(add))).resolves.toEqual([2, 4, 6]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  test('sends what there is when its first item has waited long enough', async () => {
    const { add, batches, clock } = batcher(10, 50);
    const added = Promise.all([add(1), add(2)]);
    clock.advance(49);
    clock.fireDue();
    expect(batches).toEqual([]);
    clock.advance(1);
    clock.fireDue();
    await expect(added).resolves.toEqual([2, 4]);
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  test('fails only those of a batch that fails', async () => {
    const { add, flush } = batcher(2, 50);
    const results = Promise.allSettled([add(1), add(13), add(5), add(6), add(99)]);
    await flush();
    expect((await results).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
  });

  test('waits at its flush for all that is under way', async () => {
    const { add, flush, batches } = batcher(10, 50);
    const one = add(1);
    await flush();
    await expect(one).resolves.toBe(2);
    expect(batches).toEqual([[1]]);
  });
});
