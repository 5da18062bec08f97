import type { Clock } from '../ports.ts';

export interface BreakerOptions {
  /** So many failures … */
  readonly failures: number;
  /** … within so long open it for as long. */
  readonly windowMs: number;
}

/** The seed documents' breaker: 5 failures within 60 s. */
export const BREAKER: BreakerOptions = { failures: 5, windowMs: 60_000 };

/** A circuit breaker of one container, for what it calls itself. */
export interface Breaker {
  /** A call may go out; when it is half open, one only. Whoever is let through says how it ended. */
  enter():
    | { readonly ok: true; end(outcome: 'success' | 'failure' | 'neither'): void }
    | { readonly retryAfterMs: number };
}

/** Make it once per container. Agents' own breakers, which all coordinators share, are something else (Breakers). */
export function createBreaker(clock: Clock, { failures, windowMs }: BreakerOptions = BREAKER): Breaker {
  let failed: number[] = [];
  let opened: number | undefined;
  /** Since when a probe is out. One that never ended, because its container was frozen, counts no more after a while. */
  let probing: number | undefined;

  function end(outcome: 'success' | 'failure' | 'neither', isProbe: boolean): void {
    const now = clock.now();
    if (isProbe) {
      probing = undefined;
      if (outcome === 'success') opened = undefined;
      if (outcome === 'failure') opened = now;
      if (outcome !== 'neither') failed = [];
      return;
    }
    if (outcome !== 'failure') return;
    failed = [...failed.filter((at) => now - at < windowMs), now];
    if (failed.length >= failures) opened ??= now;
  }

  return {
    enter() {
      const now = clock.now();
      if (opened !== undefined) {
        const left = opened + windowMs - now;
        if (left > 0) return { retryAfterMs: left };
        if (probing !== undefined && now - probing < windowMs) return { retryAfterMs: 1_000 };
        probing = now;
      }
      const isProbe = opened !== undefined;
      let ended = false;
      return {
        ok: true,
        end(outcome) {
          if (ended) return;
          ended = true;
          end(outcome, isProbe);
        },
      };
    },
  };
}
