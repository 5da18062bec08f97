/** Values of one feature as small whole numbers: 0 is "missing", then from the smallest up. */
export interface Binned {
  readonly bins: Uint8Array;
  /** Upper bound of bin `1 + index`; values above the last are in the bin after it. */
  readonly bounds: readonly number[];
}

const MOST_BINS = 254;

/**
 * Cuts a feature where its values are: by quantile, halfway between neighbours, at most 254 bins and one for what is missing.
 * @param values NaN: missing
 */
export function binned(values: Float64Array): Binned {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const distinct: number[] = [];
  for (const value of known) if (value !== distinct.at(-1)) distinct.push(value);
  const bounds = distinct.length <= MOST_BINS + 1 ? halfway(distinct) : quantiles(known);
  const bins = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] ?? Number.NaN;
    bins[row] = Number.isNaN(value) ? 0 : 1 + placeOf(value, bounds);
  }
  return { bins, bounds };
}

function halfway(distinct: readonly number[]): number[] {
  return distinct.slice(1).map((value, index) => (value + (distinct[index] ?? value)) / 2);
}

function quantiles(sorted: Float64Array): number[] {
  const bounds: number[] = [];
  for (let cut = 1; cut < MOST_BINS; cut += 1) {
    const at = Math.floor((cut * sorted.length) / MOST_BINS);
    const bound = ((sorted[at] ?? 0) + (sorted[at - 1] ?? 0)) / 2;
    if (bounds.length === 0 || bound > (bounds.at(-1) ?? 0)) bounds.push(bound);
  }
  return bounds;
}

/** How many bounds lie below the value. */
function placeOf(value: number, bounds: readonly number[]): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (bounds[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}
