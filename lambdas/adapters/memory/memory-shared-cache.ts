import type { SharedCache } from '../../runtime/pools/two-level-cache.ts';
import { readText } from '../items/attributes.ts';
import { cacheKey, decodeCached, encodeCached } from '../items/cache-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** The second level of an agent's cache, in memory. */
export function memorySharedCache(table: MemoryTable, agent: string): SharedCache {
  return {
    get: async (key) => {
      const at = cacheKey(agent, key);
      const item = table.get(readText(at, 'pk'), readText(at, 'sk'), false);
      return item && decodeCached(item);
    },
    put: async (key, value, until) => {
      const item = encodeCached(agent, key, value, until);
      if (item) table.put(item);
    },
  };
}
