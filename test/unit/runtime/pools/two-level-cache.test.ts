import { describe, expect, test } from '@jest/globals';
import { memorySharedCache } from '../../../../lambdas/adapters/memory/memory-shared-cache.ts';
import { memoryTable } from '../../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../../lambdas/adapters/memory/meter.ts';
import { virtualClock } from '../../../../lambdas/adapters/memory/virtual-clock.ts';
import type { Json } from '../../../../lambdas/contracts/json.ts';
import { createMemoryCache } from '../../../../lambdas/runtime/pools/memory-cache.ts';
import { createTwoLevelCache, type SharedCache } from '../../../../lambdas/runtime/pools/two-level-cache.ts';

describe('a cache in memory', () => {
  test('lets go of what was used least recently, by number and by size', () => {
    const cache = createMemoryCache<string>(virtualClock(), { entries: 3, bytes: 100 });
    for (const key of ['a', 'b', 'c']) cache.put(key, key, Number.POSITIVE_INFINITY, 10);
    cache.get('a');
    cache.put('d', 'd', Number.POSITIVE_INFINITY, 10);
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key)?.value)).toEqual(['a', undefined, 'c', 'd']);
    cache.put('e', 'e', Number.POSITIVE_INFINITY, 75);
    expect(cache.bytes).toBeLessThanOrEqual(100);
    expect(cache.get('e')?.value).toBe('e');
    cache.put('f', 'f', Number.POSITIVE_INFINITY, 101);
    expect(cache.get('f')).toBeUndefined();
    expect(cache.get('e')?.value).toBe('e');
  });

  test('answers nothing whose time is over', () => {
    const clock = virtualClock();
    const cache = createMemoryCache<string>(clock);
    cache.put('a', 'x', clock.now() + 10, 1);
    clock.advance(9);
    expect(cache.get('a')?.value).toBe('x');
    clock.advance(1);
    expect(cache.get('a')).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });
});

describe('a cache of two levels', () => {
  function fleet() {
    const clock = virtualClock();
    const table = memoryTable(createMeter());
    const warned: string[] = [];
    const logger = { warn: (message: string) => void warned.push(message) };
    const calls = { get: 0, put: 0 };
    const container = (agent = 'worker', broken = false) => {
      const own = memorySharedCache(table, agent);
      const shared: SharedCache = {
        get: async (key) => {
          calls.get += 1;
          if (broken) throw new Error('throttled');
          return own.get(key);
        },
        put: async (key, value, until) => {
          calls.put += 1;
          if (broken) throw new Error('throttled');
          await own.put(key, value, until);
        },
      };
      return createTwoLevelCache({ clock, logger, shared });
    };
    return { clock, container, calls, warned };
  }

  test('finds in one container what another has kept, and then in its own memory', async () => {
    const { container, calls } = fleet();
    const [one, other] = [container(), container()];
    await one.put('k', { a: 1 }, 60);
    expect(await other.get('k')).toEqual({ a: 1 });
    expect(await other.get('k')).toEqual({ a: 1 });
    expect(calls).toEqual({ get: 1, put: 1 });
  });

  test('keeps agents apart', async () => {
    const { container } = fleet();
    await container('worker').put('k', 1, 60);
    expect(await container('stranger').get('k')).toBeUndefined();
  });

  test('forgets on both levels at the same time', async () => {
    const { container, clock } = fleet();
    const [one, other] = [container(), container()];
    await one.put('k', 1, 60);
    clock.advance(30_000);
    expect(await other.get('k')).toBe(1);
    clock.advance(30_000);
    expect([await one.get('k'), await other.get('k')]).toEqual([undefined, undefined]);
  });

  test('loads once for all who ask at the same time, and not again while it is kept', async () => {
    const { container } = fleet();
    const cache = container();
    let loads = 0;
    const load = async (): Promise<Json> => {
      loads += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return loads;
    };
    expect(await Promise.all([cache.through('k', 60, load), cache.through('k', 60, load)])).toEqual([1, 1]);
    expect(await cache.through('k', 60, load)).toBe(1);
    await expect(cache.through('other', 60, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await cache.through('other', 60, load)).toBe(2);
  });

  test('goes on with its memory when the shared level is out of reach', async () => {
    const { container, warned } = fleet();
    const cache = container('worker', true);
    await cache.put('k', 1, 60);
    expect(await cache.get('k')).toBe(1);
    expect(await cache.get('other')).toBeUndefined();
    expect(warned).toEqual(['the shared cache could not be written', 'the shared cache could not be read']);
  });

  test('does not share what is larger than a row may be', async () => {
    const { container } = fleet();
    const cache = container();
    const large = Array.from({ length: 60_000 }, (_, at) => `${at * 7_919}${Math.sin(at)}`).join('');
    await cache.put('k', large, 60);
    expect(await cache.get('k')).toBe(large);
    expect(await container().get('k')).toBeUndefined();
  });
});
