import type { Clock } from '../runtime/ports.ts';

/** A loader whose answers are kept for a while. */
export interface Cached<A extends unknown[], T> {
  (key: string, ...args: A): Promise<T>;
  /** The next call of any key loads anew. */
  forget(): void;
}

/**
 * Keeps what `load` answers, per key, for `ms`. Callers at the same time share one load; a failure is not kept.
 * At most 500 keys: the oldest goes first.
 */
export function cached<A extends unknown[], T>(
  clock: Clock,
  ms: number,
  load: (key: string, ...args: A) => Promise<T>,
): Cached<A, T> {
  const kept = new Map<string, { until: number; value: Promise<T> }>();
  const read = (key: string, ...args: A): Promise<T> => {
    const known = kept.get(key);
    if (known && clock.now() < known.until) return known.value;
    const value = load(key, ...args);
    const entry = { until: clock.now() + ms, value };
    kept.delete(key);
    kept.set(key, entry);
    value.catch(() => kept.get(key) === entry && kept.delete(key));
    for (const oldest of kept.keys()) {
      if (kept.size <= 500) break;
      kept.delete(oldest);
    }
    return value;
  };
  return Object.assign(read, { forget: () => kept.clear() });
}
