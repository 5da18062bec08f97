import type { Clock } from '../ports.ts';

export interface MemoryCacheOptions {
  readonly entries: number;
  readonly bytes: number;
}

export const MEMORY_CACHE: MemoryCacheOptions = { entries: 500, bytes: 16 * 1024 * 1024 };

/** What was used least recently goes first. */
export interface MemoryCache<T> {
  get(key: string): { readonly value: T; readonly until: number } | undefined;
  /** @param until ms: it is not answered from then on */
  put(key: string, value: T, until: number, bytes: number): void;
  readonly bytes: number;
}

/** The first level of a cache: in the memory of one container, bounded by entries and bytes. */
export function createMemoryCache<T>(clock: Clock, most: MemoryCacheOptions = MEMORY_CACHE): MemoryCache<T> {
  // A Map keeps the order in which keys were put, so the first is the one that was used least recently.
  const kept = new Map<string, { readonly value: T; readonly until: number; readonly bytes: number }>();
  let bytes = 0;

  function remove(key: string): void {
    bytes -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  }

  return {
    get(key) {
      const found = kept.get(key);
      if (!found) return undefined;
      kept.delete(key);
      kept.set(key, found);
      if (clock.now() < found.until) return found;
      remove(key);
      return undefined;
    },
    put(key, value, until, size) {
      remove(key);
      if (size > most.bytes) return;
      kept.set(key, { value, until, bytes: size });
      bytes += size;
      for (const oldest of kept.keys()) {
        if (kept.size <= most.entries && bytes <= most.bytes) break;
        remove(oldest);
      }
    },
    get bytes() {
      return bytes;
    },
  };
}
