import { binned } from './bins.ts';
import { type BoostedTrees, sigmoid, type Tree } from './boosted-trees.ts';
import type { Dice } from './dice.ts';
import { type GrowOptions, growTree } from './grow-tree.ts';

/** Rows to learn from. */
export interface Examples {
  readonly features: readonly string[];
  /** By feature, one number per row; NaN: missing. */
  readonly columns: readonly Float64Array[];
  /** What is to be predicted: 0 or 1 for `logistic`. */
  readonly targets: Float64Array;
  /** How much each row counts. Default: all the same. */
  readonly weights?: Float64Array;
}

export interface TrainOptions extends GrowOptions {
  readonly kind: BoostedTrees['kind'];
  readonly trees: number;
  /** Share of the rows that each tree sees, and of the features. */
  readonly rowShare: number;
  readonly featureShare: number;
}

/** Fits boosted trees; the same examples, options and dice give the same trees. */
export function trainTrees(examples: Examples, options: TrainOptions, dice: Dice): BoostedTrees {
  const { features, columns, targets, weights } = examples;
  const { kind, rowShare, featureShare } = options;
  const all = columns.map(binned);
  const count = targets.length;
  const base = baseOf(kind, targets, weights);
  const scores = new Float64Array(count).fill(base);
  const first = new Float64Array(count);
  const second = new Float64Array(count);
  const trees: Tree[] = [];
  for (let round = 0; round < options.trees; round += 1) {
    for (let row = 0; row < count; row += 1) {
      const weight = weights?.[row] ?? 1;
      const score = scores[row] ?? 0;
      const said = kind === 'logistic' ? sigmoid(score) : score;
      first[row] = weight * (said - (targets[row] ?? 0));
      second[row] = weight * (kind === 'logistic' ? Math.max(said * (1 - said), 1e-6) : 1);
    }
    const rows = Uint32Array.from({ length: count }, (_, row) => row).filter(() => dice.next() < rowShare);
    const chosen = columns.flatMap((_, feature) => (dice.next() < featureShare ? [feature] : []));
    const candidates = chosen.length > 0 ? chosen : [dice.below(columns.length)];
    const tree = growTree(all, { first, second }, rows, candidates, options);
    trees.push(tree);
    addTo(scores, tree, columns);
  }
  return { kind, features, base, trees };
}

/** Mean, or log-odds of the mean. */
function baseOf(kind: BoostedTrees['kind'], targets: Float64Array, weights: Float64Array | undefined): number {
  let sum = 0;
  let weight = 0;
  for (let row = 0; row < targets.length; row += 1) {
    sum += (weights?.[row] ?? 1) * (targets[row] ?? 0);
    weight += weights?.[row] ?? 1;
  }
  const mean = weight === 0 ? 0 : sum / weight;
  if (kind === 'squared') return mean;
  const inside = Math.min(1 - 1e-6, Math.max(1e-6, mean));
  return Math.log(inside / (1 - inside));
}

function addTo(scores: Float64Array, tree: Tree, columns: readonly Float64Array[]): void {
  const { feature, threshold, left, right, value } = tree;
  for (let row = 0; row < scores.length; row += 1) {
    let node = 0;
    for (let split = feature[node] ?? -1; split >= 0; split = feature[node] ?? -1) {
      const known = columns[split]?.[row] ?? Number.NaN;
      const goesLeft = Number.isNaN(known) || known <= (threshold[node] ?? 0);
      node = (goesLeft ? left[node] : right[node]) ?? 0;
    }
    scores[row] = (scores[row] ?? 0) + (value[node] ?? 0);
  }
}
