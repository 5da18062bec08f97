import { FEATURE_NAMES, type Features, type Weights } from './features.ts';

/**
 * What each feature counts. Fitted on questions about long conversations so that what answers them comes first, leaving
 * out one conversation at a time; rounded. docs/decisions/0019 says what each is worth.
 */
export const WEIGHTS: Weights = {
  own: 1.8,
  window1: 0.6,
  window2: 2.5,
  window4: 2.8,
  group: 0.9,
  speaker: 1,
  asks: -1.2,
  tellsTime: 2.1,
  tellsNumber: 1.5,
  date: 4.7,
  length: 0.8,
  vector: 4.9,
  vectorNear: 4.6,
};

/** One number for each entry: the higher, the better it answers. */
export function scoresOf(features: Features, weights: Weights = WEIGHTS): Float64Array {
  const scores = new Float64Array(features.own.length);
  for (const name of FEATURE_NAMES) {
    const weight = weights[name];
    const values = features[name];
    for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] ?? 0) + weight * (values[i] ?? 0);
  }
  return scores;
}

/** The numbers of the best entries, best first; of equals the earlier one. @param admits by number; default: all */
export function best(scores: Float64Array, count: number, admits: (entry: number) => boolean = () => true): number[] {
  const found: number[] = [];
  const worse = (a: number, b: number): boolean => {
    const difference = (scores[a] ?? 0) - (scores[b] ?? 0);
    return difference < 0 || (difference === 0 && a > b);
  };
  for (let entry = 0; entry < scores.length; entry++) {
    const last = found.at(-1);
    if (found.length >= count && (last === undefined || worse(entry, last))) continue;
    if (!admits(entry)) continue;
    if (found.length >= count) found.pop();
    let place = found.length;
    while (place > 0 && worse(found[place - 1] ?? 0, entry)) place--;
    found.splice(place, 0, entry);
  }
  return found;
}
