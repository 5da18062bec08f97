import type { Binned } from './bins.ts';
import type { Tree } from './boosted-trees.ts';

export interface GrowOptions {
  readonly depth: number;
  /** Least sum of second derivatives in a leaf: rows for squared errors, sure rows count less for logistic ones. */
  readonly leastWeight: number;
  /** L2 penalty on leaf values. */
  readonly lambda: number;
  readonly learningRate: number;
}

/** What a tree is grown from: for each row the first and second derivative of its loss. */
export interface Gradients {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

interface Growing {
  readonly feature: number[];
  readonly threshold: number[];
  readonly left: number[];
  readonly right: number[];
  readonly value: number[];
}
interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
}

/** Bins of a feature, and one for what is missing. */
const BINS = 256;

/**
 * Grows one tree by the best gain of each node (Chen and Guestrin 2016, "XGBoost", equations 5 to 7), over histograms of the
 * binned features.
 * @param rows which take part; they are put in another order
 * @param candidates features that may split
 */
export function growTree(
  columns: readonly Binned[],
  { first, second }: Gradients,
  rows: Uint32Array,
  candidates: readonly number[],
  options: GrowOptions,
): Tree {
  const { depth, leastWeight, lambda, learningRate } = options;
  const tree: Growing = { feature: [], threshold: [], left: [], right: [], value: [] };
  const sums1 = new Float64Array(BINS);
  const sums2 = new Float64Array(BINS);
  grow(0, rows.length, 0);
  return tree;

  function grow(from: number, to: number, level: number): number {
    let total1 = 0;
    let total2 = 0;
    for (let at = from; at < to; at += 1) {
      const row = rows[at] ?? 0;
      total1 += first[row] ?? 0;
      total2 += second[row] ?? 0;
    }
    const node = tree.feature.length;
    tree.feature.push(-1);
    tree.threshold.push(0);
    tree.left.push(0);
    tree.right.push(0);
    tree.value.push((-learningRate * total1) / (total2 + lambda));
    const split = level < depth ? bestSplit(from, to, total1, total2) : undefined;
    if (!split) return node;
    const middle = partition(from, to, split);
    tree.feature[node] = split.feature;
    tree.threshold[node] = columns[split.feature]?.bounds[split.bin - 1] ?? Number.NEGATIVE_INFINITY;
    tree.left[node] = grow(from, middle, level + 1);
    tree.right[node] = grow(middle, to, level + 1);
    return node;
  }

  function bestSplit(from: number, to: number, total1: number, total2: number): Split | undefined {
    const before = (total1 * total1) / (total2 + lambda);
    let best: Split | undefined;
    for (const feature of candidates) {
      const column = columns[feature];
      if (!column) continue;
      const { bins } = column;
      const last = column.bounds.length + 1;
      sums1.fill(0, 0, last + 1);
      sums2.fill(0, 0, last + 1);
      for (let at = from; at < to; at += 1) {
        const row = rows[at] ?? 0;
        const bin = bins[row] ?? 0;
        sums1[bin] = (sums1[bin] ?? 0) + (first[row] ?? 0);
        sums2[bin] = (sums2[bin] ?? 0) + (second[row] ?? 0);
      }
      let left1 = 0;
      let left2 = 0;
      for (let bin = 0; bin < last; bin += 1) {
        left1 += sums1[bin] ?? 0;
        left2 += sums2[bin] ?? 0;
        const right2 = total2 - left2;
        // What is missing goes left with the smallest, so a cut behind bin 0 alone has no bound to stand for it.
        if (bin === 0 || left2 < leastWeight || right2 < leastWeight) continue;
        const right1 = total1 - left1;
        const gain = (left1 * left1) / (left2 + lambda) + (right1 * right1) / (right2 + lambda) - before;
        if (gain > 1e-9 && gain > (best?.gain ?? 0)) best = { gain, feature, bin };
      }
    }
    return best;
  }

  /** Puts the rows that go left first. @returns where those begin that go right */
  function partition(from: number, to: number, { feature, bin }: Split): number {
    const bins = columns[feature]?.bins;
    let left = from;
    let right = to - 1;
    while (left <= right) {
      const row = rows[left] ?? 0;
      if ((bins?.[row] ?? 0) <= bin) {
        left += 1;
        continue;
      }
      rows[left] = rows[right] ?? 0;
      rows[right] = row;
      right -= 1;
    }
    return left;
  }
}
