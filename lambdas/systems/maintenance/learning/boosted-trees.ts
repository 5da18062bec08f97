/** A binary tree as parallel lists: a node with a negative feature is a leaf. `value` of a split is what it would say as a leaf. */
export interface Tree {
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  /** Values at most the threshold, and those that are missing, go left; the right child comes right after the left one's. */
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly value: readonly number[];
}

/**
 * Gradient-boosted regression trees (Friedman 2001, "Greedy function approximation"): the sum of what its trees say, and for
 * `logistic` its log-odds.
 */
export interface BoostedTrees {
  readonly kind: 'squared' | 'logistic';
  readonly features: readonly string[];
  readonly base: number;
  readonly trees: readonly Tree[];
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Which way a value goes: NaN stands for missing. */
const goesLeft = (value: number, threshold: number): boolean => Number.isNaN(value) || value <= threshold;

/** @param row one number per feature, in their order; NaN where it is missing @returns a probability for `logistic` */
export function predict({ kind, base, trees }: BoostedTrees, row: ArrayLike<number>): number {
  let sum = base;
  for (const tree of trees) sum += tree.value[leafOf(tree, row)] ?? 0;
  return kind === 'logistic' ? sigmoid(sum) : sum;
}

function leafOf({ feature, threshold, left, right }: Tree, row: ArrayLike<number>): number {
  let node = 0;
  for (let split = feature[node] ?? -1; split >= 0; split = feature[node] ?? -1)
    node = (goesLeft(row[split] ?? Number.NaN, threshold[node] ?? 0) ? left[node] : right[node]) ?? 0;
  return node;
}

/**
 * How much each feature has moved the prediction, in its own unit (log-odds for `logistic`); with the base they add up to it.
 * Each split on the way to a leaf is credited with the change of the node's value (Saabas 2014, "Interpreting random forests").
 */
export function explain({ features, trees }: BoostedTrees, row: ArrayLike<number>): ReadonlyMap<string, number> {
  const effects = new Map<string, number>();
  for (const { feature, threshold, left, right, value } of trees) {
    let node = 0;
    for (let split = feature[node] ?? -1; split >= 0; split = feature[node] ?? -1) {
      const next = (goesLeft(row[split] ?? Number.NaN, threshold[node] ?? 0) ? left[node] : right[node]) ?? 0;
      const name = features[split] ?? '';
      effects.set(name, (effects.get(name) ?? 0) + (value[next] ?? 0) - (value[node] ?? 0));
      node = next;
    }
    // What the root would say by itself belongs to no feature.
    effects.set('', (effects.get('') ?? 0) + (value[0] ?? 0));
  }
  return effects;
}
