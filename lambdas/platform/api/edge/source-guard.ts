import { createHash } from 'node:crypto';

/** Failures of one address within a minute, after which it must show a token that was good before. */
const MOST_FAILURES = 20;
const WINDOW_MS = 60_000;
const GOOD_MS = 300_000;
const MOST = 10_000;

export interface SourceGuard {
  /** Ms to wait before this address may try again; 0: it may. */
  wait(source: string, authorization: string | undefined, now: number): number;
  failed(source: string, now: number): void;
  succeeded(authorization: string, now: number): void;
}

/**
 * Keeps who guesses tokens from guessing fast, without a look at any store: each container counts for itself. Others behind
 * the same address are not kept out: their tokens are known to be good.
 */
export function createSourceGuard(): SourceGuard {
  const failures = new Map<string, { count: number; until: number }>();
  const good = new Map<string, number>();
  const nameOf = (authorization: string): string => createHash('sha256').update(authorization).digest('base64');

  return {
    wait(source, authorization, now) {
      const known = failures.get(source);
      if (!known || known.until <= now || known.count < MOST_FAILURES) return 0;
      const until = authorization === undefined ? undefined : good.get(nameOf(authorization));
      return until !== undefined && until > now ? 0 : known.until - now;
    },
    failed(source, now) {
      const known = failures.get(source);
      if (known && known.until > now) known.count += 1;
      else keep(failures, source, { count: 1, until: now + WINDOW_MS });
    },
    succeeded: (authorization, now) => keep(good, nameOf(authorization), now + GOOD_MS),
  };
}

function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > MOST && !oldest.done) map.delete(oldest.value);
}
