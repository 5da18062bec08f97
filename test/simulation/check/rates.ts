import type { Gate } from '../../../lambdas/contracts/flow-control.ts';

/** Timers know whole seconds: what is let through in a window may be as late. */
const LATENESS_MS = 1_000;
const ROUNDING = 1e-6;

/** No window of time has seen more permits than the rate and its burst allow. */
export function checkRate(
  { limit, periodSeconds, burst = 1 }: Extract<Gate['rule'], { kind: 'rate' }>,
  granted: ReadonlyArray<readonly [at: number, permits: number]>,
): string[] {
  const interval = (periodSeconds * 1_000) / limit;
  for (const [from, [start]] of granted.entries()) {
    let count = 0;
    for (const [at, permits] of granted.slice(from)) {
      count += permits;
      const most = burst + (at - start + LATENESS_MS) / interval + ROUNDING;
      if (count > most) return [`B: ${count} permits within ${at - start} ms, ${most.toFixed(1)} may be`];
    }
  }
  return [];
}
