import { type BoostedTrees, predict } from '../../lambdas/systems/maintenance/learning/boosted-trees.ts';
import { diceOf } from '../../lambdas/systems/maintenance/learning/dice.ts';
import { bestThreshold, type ClassScores, classScores } from '../../lambdas/systems/maintenance/learning/measure.ts';
import { type TrainOptions, trainTrees } from '../../lambdas/systems/maintenance/learning/train-trees.ts';
import { type Ai4iRow, ai4iExamples, readAi4i, ruleSays } from './ai4i.ts';

export interface FailureFigures {
  readonly failure: ClassScores;
  /** The documented physical limits alone. */
  readonly rules: ClassScores;
  /** Of the probability; chosen on the training file by cross-validation. */
  readonly threshold: number;
  readonly rows: { readonly train: number; readonly test: number };
}

const FOLDS = 5;
const TREES: TrainOptions = {
  ...{ kind: 'logistic', trees: 80, depth: 3, leastWeight: 2, lambda: 3 },
  ...{ learningRate: 0.1, rowShare: 0.8, featureShare: 0.8 },
};

export function failureBench(
  learnt: string,
  asked: string,
  seed: number,
  progress: (line: string) => void,
): FailureFigures {
  const train = readAi4i(learnt);
  const test = readAi4i(asked);
  const threshold = chosenThreshold(train, seed, progress);
  progress(`learning from all ${train.length} rows`);
  const model = learn(train, seed);
  const truth = test.map(({ failure }) => failure === 1);
  return {
    failure: classScores(ask(model, test), truth, threshold),
    rules: classScores(
      test.map((row) => Number(ruleSays(row))),
      truth,
      0.5,
    ),
    ...{ threshold, rows: { train: train.length, test: test.length } },
  };
}

const learn = (rows: readonly Ai4iRow[], seed: number): BoostedTrees =>
  trainTrees(ai4iExamples(rows), TREES, diceOf(seed));

function ask(model: BoostedTrees, rows: readonly Ai4iRow[]): number[] {
  const { columns } = ai4iExamples(rows);
  return rows.map((_, at) =>
    predict(
      model,
      columns.map((column) => column[at] ?? Number.NaN),
    ),
  );
}

/** Rows that a model has learnt from tell nothing of where it should call a failure; each is asked of a model that has not. */
function chosenThreshold(rows: readonly Ai4iRow[], seed: number, progress: (line: string) => void): number {
  const dice = diceOf(seed).fork('folds');
  const folds = rows.map(() => dice.below(FOLDS));
  const said: number[] = new Array(rows.length).fill(0);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    progress(`cross-validation, ${fold + 1} of ${FOLDS}`);
    const model = learn(
      rows.filter((_, at) => folds[at] !== fold),
      seed,
    );
    const places = rows.flatMap((_, at) => (folds[at] === fold ? [at] : []));
    const answers = ask(
      model,
      rows.filter((_, at) => folds[at] === fold),
    );
    for (const [index, place] of places.entries()) said[place] = answers[index] ?? 0;
  }
  return bestThreshold(
    said,
    rows.map(({ failure }) => failure === 1),
  );
}
