import { countsOf } from './terms.ts';

/** A text's terms by weight, of length 1. */
export type Vector = ReadonlyMap<string, number>;

/** How much each term tells: ln((1 + texts) / (1 + texts with it)) + 1, the smoothed inverse document frequency. */
export function idfOf(texts: readonly (readonly string[])[]): Map<string, number> {
  const within = countsOf(texts.flatMap((terms) => [...new Set(terms)]));
  return new Map([...within].map(([term, count]) => [term, Math.log((1 + texts.length) / (1 + count)) + 1]));
}

/** tf × idf, scaled to length 1; empty when there are no terms. @param unknown weight of terms that `idf` lacks */
export function vectorOf(terms: readonly string[], idf: ReadonlyMap<string, number>, unknown = 0): Vector {
  const weights = [...countsOf(terms)].flatMap(([term, count]) => {
    const weight = count * (idf.get(term) ?? unknown);
    return weight > 0 ? [[term, weight] as const] : [];
  });
  const length = Math.hypot(...weights.map(([, weight]) => weight));
  return new Map(weights.map(([term, weight]) => [term, weight / length]));
}

/** 0 (nothing in common) to 1 (the same). */
export function cosineOf(one: Vector, other: Vector): number {
  const [small, large] = one.size <= other.size ? [one, other] : [other, one];
  let sum = 0;
  for (const [term, weight] of small) sum += weight * (large.get(term) ?? 0);
  return Math.min(1, sum);
}
