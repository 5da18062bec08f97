/** What speaks for an entry. The lexical ones are shares of a perfect match, so that weights mean the same in all questions. */
// biome-ignore format: one thought per line
export const FEATURE_NAMES: readonly FeatureName[] = [
  'own', 'window1', 'window2', 'window4', 'group',
  'speaker', 'asks', 'tellsTime', 'tellsNumber', 'date', 'length',
  'vector', 'vectorNear',
];
export interface Features {
  readonly own: Float64Array;
  readonly window1: Float64Array;
  readonly window2: Float64Array;
  readonly window4: Float64Array;
  /** Its whole group. */
  readonly group: Float64Array;
  /** 1: the question names its speaker. */
  readonly speaker: Float64Array;
  /** 1: it is a question itself. */
  readonly asks: Float64Array;
  /** 1: the question asks when, and it says so. */
  readonly tellsTime: Float64Array;
  /** 1: the question asks how many, and it says so. */
  readonly tellsNumber: Float64Array;
  /** How near it is to a time that the question names, 0 to 1. */
  readonly date: Float64Array;
  /** ln(1 + terms), of few terms at most: the shortest say little. */
  readonly length: Float64Array;
  /** The cosine of its vector with the question's. */
  readonly vector: Float64Array;
  /** The mean of that of the entries next to it. */
  readonly vectorNear: Float64Array;
}
export type FeatureName = keyof Features;
export type Weights = Readonly<Record<FeatureName, number>>;

/** All nothing, for so many entries. */
export function emptyFeatures(size: number): Features {
  const zeros = (): Float64Array => new Float64Array(size);
  return {
    ...{ own: zeros(), window1: zeros(), window2: zeros(), window4: zeros(), group: zeros(), speaker: zeros() },
    ...{ asks: zeros(), tellsTime: zeros(), tellsNumber: zeros(), date: zeros(), length: zeros(), vector: zeros() },
    vectorNear: zeros(),
  };
}
