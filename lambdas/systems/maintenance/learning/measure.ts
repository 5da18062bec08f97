/** How well a yes-or-no question was answered, of the class "failure". */
export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Average precision: the area under precision over recall, by steps (Davis and Goadrich 2006 say why not linearly). */
  readonly pr_auc: number;
}

/** @param said probabilities @param threshold from which on it counts as "failure" */
export function classScores(said: readonly number[], truth: readonly boolean[], threshold: number): ClassScores {
  let right = 0;
  let called = 0;
  const failures = truth.filter(Boolean).length;
  for (const [at, is] of truth.entries()) {
    if ((said[at] ?? 0) < threshold) continue;
    called += 1;
    if (is) right += 1;
  }
  const precision = called === 0 ? 0 : right / called;
  const recall = failures === 0 ? 0 : right / failures;
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1, pr_auc: averagePrecision(said, truth) };
}

function averagePrecision(said: readonly number[], truth: readonly boolean[]): number {
  const failures = truth.filter(Boolean).length;
  if (failures === 0) return 0;
  const order = said.map((score, at) => ({ score, is: truth[at] ?? false })).sort((a, b) => b.score - a.score);
  let area = 0;
  let right = 0;
  let before = 0;
  // Rows with the same score are taken together: none of them comes before the other.
  for (let at = 0; at < order.length; ) {
    const { score } = order[at] ?? { score: 0 };
    for (; at < order.length && order[at]?.score === score; at += 1) if (order[at]?.is) right += 1;
    area += ((right - before) / failures) * (right / at);
    before = right;
  }
  return area;
}

/** The threshold with the best F1 on answers to rows that the model had not learnt from. */
export function bestThreshold(said: readonly number[], truth: readonly boolean[]): number {
  const order = said.map((score, at) => ({ score, is: truth[at] ?? false })).sort((a, b) => b.score - a.score);
  const failures = truth.filter(Boolean).length;
  let best = { f1: -1, threshold: 0.5 };
  let right = 0;
  for (const [at, { score, is }] of order.entries()) {
    if (is) right += 1;
    const next = order[at + 1]?.score ?? 0;
    if (next === score) continue;
    const f1 = (2 * right) / (at + 1 + failures);
    if (f1 > best.f1) best = { f1, threshold: (score + next) / 2 };
  }
  return best.threshold;
}

export interface RulScores {
  /** In the unit of the truth. */
  readonly rmse: number;
  /** Saxena et al. 2008: late predictions cost more than early ones; 0 is perfect. */
  readonly nasa: number;
}

export function rulScores(said: readonly number[], truth: readonly number[]): RulScores {
  let square = 0;
  let nasa = 0;
  for (const [at, is] of truth.entries()) {
    const late = (said[at] ?? 0) - is;
    square += late * late;
    nasa += Math.exp(late < 0 ? -late / 13 : late / 10) - 1;
  }
  return { rmse: truth.length === 0 ? 0 : Math.sqrt(square / truth.length), nasa };
}
