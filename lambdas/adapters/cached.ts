import type { Clock } from '../runtime/ports.ts';

/**
 * Keeps what `load` answers, per key, for `ms`. Callers at the same time share one load; a failure is not kept.
 * At most 500 keys: the oldest goes first.
 */
export function cached<A extends unknown[], T>(
  clock: Clock,
  ms: number,
  load: (key: string, ...args: A) => Promise<T>,
): (key: string, ...args: A) => Promise<T> {
  const kept = new Map<string, { until: number; value: Promise<T> }>();
  return (key, ...args) => {
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
}
