/** The share of the newest value: the last 22 make up nine tenths of the average, since 0.9²² < 0.1. */
const ALPHA = 0.1;

/**
 * An exponentially weighted moving average, `a ← a + α (x − a)` with α = 0.1; it begins at the first value.
 * (S. W. Roberts, "Control Chart Tests Based on Geometric Moving Averages", Technometrics 1 (3), 1959.)
 */
export function movingAverage() {
  let average: number | undefined;
  return {
    add(value: number): void {
      average = average === undefined ? value : average + ALPHA * (value - average);
    },
    /** 0 before the first value. */
    value: (): number => average ?? 0,
  };
}
