/** One vector: what it should be, and what became of it. */
export interface Outcome {
  readonly id: number;
  readonly comment: string;
  readonly valid: boolean;
  readonly accepted: boolean;
  /** It is of a kind that nobody here takes, whether it is valid or not. */
  readonly notTaken: boolean;
}

export interface Tally {
  readonly passed: number;
  /** Valid ones that were refused though they are of a kind that is taken, and invalid ones that were accepted. */
  readonly failed: readonly string[];
  readonly invalid_accepted: readonly string[];
  /** Valid ones of a kind that is never taken: secrets instead of keys, JSON instead of compact form, broken algorithms. */
  readonly refused_by_policy: number;
}

export function tallyOf(outcomes: readonly Outcome[]): Tally {
  const named = (some: readonly Outcome[]): string[] => some.map(({ id, comment }) => `${id} ${comment}`);
  const wrong = outcomes.filter(({ valid, accepted, notTaken }) => (valid ? !accepted && !notTaken : accepted));
  const policy = outcomes.filter(({ valid, accepted, notTaken }) => valid && !accepted && notTaken);
  return {
    passed: outcomes.length - wrong.length - policy.length,
    failed: named(wrong),
    invalid_accepted: named(wrong.filter(({ valid }) => !valid)),
    refused_by_policy: policy.length,
  };
}
