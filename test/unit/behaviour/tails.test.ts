import { describe, expect, test } from '@jest/globals';
import { countSurprise, logGamma, normalSurprise, togetherSurprise } from '../../../lambdas/behaviour/tails.ts';

/** By adding up what the definition says. */
function exactTail(seen: number, mean: number, shape: number): number {
  const more = mean / (mean + shape);
  let term = (1 - more) ** shape;
  let below = 0;
  for (let k = 0; k < seen; k++) {
    below += term;
    term *= (more * (k + shape)) / (k + 1);
  }
  return -Math.log10(1 - below);
}

describe('how rare a count is', () => {
  test.each([
    [5, 2, 3],
    [12, 4, 10],
    [3, 0.2, 0.5],
    [30, 12, 6],
  ])('%d where %d is expected is what the negative binomial says', (seen, mean, shape) => {
    expect(countSurprise(seen, mean, shape)).toBeCloseTo(exactTail(seen, mean, shape), 4);
  });

  test('is nothing up to what is expected, and bounded above', () => {
    expect(countSurprise(4, 4, 2)).toBe(0);
    expect(countSurprise(0, 0, 1)).toBe(0);
    expect(countSurprise(1e9, 1, 50)).toBe(15);
  });

  test('grows with the count and falls with what is expected', () => {
    const rising = [6, 8, 12, 20, 40].map((seen) => countSurprise(seen, 5, 4));
    expect(rising).toEqual(rising.toSorted((a, b) => a - b));
    expect(countSurprise(20, 5, 4)).toBeGreaterThan(countSurprise(20, 10, 4));
  });
});

describe('how rare a deviation is', () => {
  test.each([
    [1, 0.8005],
    [1.645, 1.3011],
    [3, 2.8697],
    [5, 6.5426],
  ])('%d standard deviations are once in 10^%d', (z, expected) => {
    expect(normalSurprise(z)).toBeCloseTo(expected, 2);
  });

  test('is nothing below the mean', () => expect(normalSurprise(-2)).toBe(0));
});

describe('several surprises together', () => {
  test('are what Fisher says', () => {
    // 1 % twice: chi-squared of 18.42 with 4 degrees of freedom.
    expect(togetherSurprise([2, 2])).toBeCloseTo(-Math.log10(0.001021), 3);
    expect(togetherSurprise([3])).toBeCloseTo(3, 6);
    expect(togetherSurprise([])).toBe(0);
  });
});

test('the logarithm of Γ is that of factorials', () => {
  expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 8);
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 8);
});
