/** Mean and spread of a figure whose older values count for less. */
export interface Moments {
  /** How many values that is, by weight. */
  n: number;
  mean: number;
  variance: number;
}

export const noMoments = (): Moments => ({ n: 0, mean: 0, variance: 0 });

/** So many values at most are remembered, by weight. */
const MEMORY = 250;
/** A single value counts as no further from the mean than so many standard deviations, once there is a mean. */
const FURTHEST = 4;

export function learnValue(moments: Moments, value: number): void {
  const spread = Math.sqrt(moments.variance);
  const furthest = FURTHEST * spread;
  const bounded =
    moments.n >= 12 && spread > 0 ? Math.min(moments.mean + furthest, Math.max(moments.mean - furthest, value)) : value;
  const n = Math.min(MEMORY, moments.n + 1);
  const share = 1 / n;
  const off = bounded - moments.mean;
  moments.n = n;
  moments.mean += share * off;
  moments.variance = (1 - share) * (moments.variance + share * off * off);
}

/** Standard deviations above the mean; @param least that the standard deviation is taken for */
export function standing({ mean, variance }: Moments, value: number, least: number): number {
  return (value - mean) / Math.max(least, Math.sqrt(variance));
}
