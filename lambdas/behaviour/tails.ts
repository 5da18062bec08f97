/*
 * How rare something is: -log10 of the probability of seeing it, or more. 3 is once in a thousand. Whatever is no more
 * than expected is no surprise at all (0).
 */

/** Above this, how much more it is says nothing any more. */
const MOST = 15;
const bounded = (surprise: number): number => Math.min(MOST, Math.max(0, surprise));

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x > 0 (Lanczos, g = 7). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const y = x - 1;
  const sum = LANCZOS.reduce((total, factor, i) => total + factor / (y + i + 1), 0.9999999999998099);
  const t = y + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Terms after which the rest no longer matters. */
const TERMS = 3_000;

/**
 * How rare `seen` or more is where `mean` is expected.
 * @param shape of the negative binomial: the variance is mean + mean² / shape, so the smaller the wilder
 */
export function countSurprise(seen: number, mean: number, shape: number): number {
  const k = Math.ceil(seen);
  if (k <= mean || k <= 0) return 0;
  const more = mean / (mean + shape);
  const logTerm =
    logGamma(k + shape) - logGamma(shape) - logGamma(k + 1) + shape * Math.log1p(-more) + k * Math.log(more);
  let term = 1;
  let sum = 1;
  for (let i = 0; i < TERMS && term > sum * 1e-9; i++) {
    term *= (more * (k + shape + i)) / (k + 1 + i);
    sum += term;
  }
  return bounded(-(logTerm + Math.log(sum)) / Math.LN10);
}

/** How rare a value is that lies `z` standard deviations above the mean, if values are normal. */
export function normalSurprise(z: number): number {
  if (z <= 0) return 0;
  // Abramowitz and Stegun 26.2.13 with continued fraction of depth two: within 1 % from z = 2 on.
  const tail =
    z < 2
      ? 0.5 * erfc(z / Math.SQRT2)
      : Math.exp(-0.5 * z * z) / (Math.sqrt(2 * Math.PI) * (z + 1 / (z + 2 / (z + 3 / z))));
  return bounded(tail > 0 ? -Math.log10(tail) : MOST);
}

/** Abramowitz and Stegun 7.1.26. */
function erfc(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return series * Math.exp(-x * x);
}

/**
 * How rare several independent surprises are together (Fisher's method): the chance that as many, by chance, come to as
 * much in sum.
 */
export function togetherSurprise(surprises: readonly number[]): number {
  const sum = surprises.reduce((total, one) => total + one, 0) * Math.LN10;
  let term = 1;
  let series = 1;
  for (let i = 1; i < surprises.length; i++) {
    term *= sum / i;
    series += term;
  }
  return surprises.length === 0 ? 0 : bounded((sum - Math.log(series)) / Math.LN10);
}
