import { gammaln } from 'simple-statistics';

/** Successes and tries. */
export interface Share {
  readonly cases: number;
  readonly of: number;
}

/**
 * Probability of at least so many cases in the group if it were no different from the rest: Fisher's exact test (1935),
 * one-sided, by the hypergeometric distribution. 1 when there is nothing to compare.
 */
export function fisher(group: Share, rest: Share): number {
  const cases = group.cases + rest.cases;
  const of = group.of + rest.of;
  if (group.of === 0 || rest.of === 0 || cases === 0) return 1;
  const most = Math.min(cases, group.of);
  let p = 0;
  for (let k = group.cases; k <= most; k += 1)
    p += Math.exp(choose(group.of, k) + choose(rest.of, cases - k) - choose(of, cases));
  return Math.min(1, p);
}

/** Log of the binomial coefficient; of an impossible choice: minus infinity. */
function choose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);
}

/**
 * p-values of many questions asked at once as q-values: what is shown at q ≤ 0.05 holds 5 % false alarms or fewer, on average
 * (Benjamini and Hochberg 1995).
 */
export function adjusted(ps: readonly number[]): number[] {
  const order = ps.map((p, at) => ({ p, at })).sort((a, b) => b.p - a.p);
  const qs = new Array<number>(ps.length).fill(1);
  let least = 1;
  for (const [place, { p, at }] of order.entries()) {
    least = Math.min(least, (p * ps.length) / (ps.length - place));
    qs[at] = least;
  }
  return qs;
}
