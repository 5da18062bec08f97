import type { Json } from '../../contracts/json.ts';
import type { Clock, Logger } from '../ports.ts';
import { createMemoryCache, MEMORY_CACHE, type MemoryCacheOptions } from './memory-cache.ts';

/** The second level: shared by containers, in a table. Entries go when their time is over. */
export interface SharedCache {
  /** What has expired may still be there, so `until`, ms, comes along. */
  get(key: string): Promise<{ readonly value: Json; readonly until: number } | undefined>;
  put(key: string, value: Json, until: number): Promise<void>;
}

export interface TwoLevelCache {
  get(key: string): Promise<Json | undefined>;
  put(key: string, value: Json, seconds: number): Promise<void>;
  /** What is kept, else what `load` answers, which is kept then. Callers at the same time share one load. */
  through(key: string, seconds: number, load: () => Promise<Json>): Promise<Json>;
}

export interface TwoLevelCacheOptions {
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  readonly shared?: SharedCache;
  readonly memory?: MemoryCacheOptions;
}

/**
 * Memory first, then the shared level, which refills the memory. A shared level that is out of reach is a miss and a line in
 * the log: a cache is never why work fails.
 */
export function createTwoLevelCache({
  clock,
  logger,
  shared,
  memory = MEMORY_CACHE,
}: TwoLevelCacheOptions): TwoLevelCache {
  const near = createMemoryCache<Json>(clock, memory);
  const loading = new Map<string, Promise<Json>>();
  const bytesOf = (value: Json): number => JSON.stringify(value).length * 2;

  async function attempt<T>(what: string, work: () => Promise<T> | undefined): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      logger.warn(`the shared cache could not be ${what}`, { error });
      return undefined;
    }
  }

  async function get(key: string): Promise<Json | undefined> {
    const known = near.get(key);
    if (known) return known.value;
    const found = await attempt('read', () => shared?.get(key));
    if (!found || found.until <= clock.now()) return undefined;
    near.put(key, found.value, found.until, bytesOf(found.value));
    return found.value;
  }

  async function put(key: string, value: Json, seconds: number): Promise<void> {
    const until = clock.now() + seconds * 1_000;
    near.put(key, value, until, bytesOf(value));
    await attempt('written', () => shared?.put(key, value, until));
  }

  async function load(key: string, seconds: number, make: () => Promise<Json>): Promise<Json> {
    const known = await get(key);
    if (known !== undefined) return known;
    const value = await make();
    await put(key, value, seconds);
    return value;
  }

  return {
    get,
    put,
    through(key, seconds, make) {
      const known = loading.get(key);
      if (known) return known;
      const loaded = load(key, seconds, make).finally(() => loading.delete(key));
      loading.set(key, loaded);
      return loaded;
    },
  };
}
