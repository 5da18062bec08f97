import { FEATURES } from '../analysis/features.ts';
import { type LearnedModels, learnedOracle, type Oracle, RULES } from '../analysis/outlook.ts';
import type { BoostedTrees } from '../learning/boosted-trees.ts';
import { diceOf } from '../learning/dice.ts';
import { type ClassScores, classScores, type RulScores, rulScores } from '../learning/measure.ts';
import { type TrainOptions, trainTrees } from '../learning/train-trees.ts';
import { columnsOf, daysLeftOf, type Example, isFailure, type SetOptions, trainingSet } from './training-set.ts';

/** Of the vehicles; all rows of one are on one side, or the models would know their exam. */
const HELD_OUT = 0.25;
/** From which on a failure is predicted; the agents' default as well. */
export const CALLED_FROM = 0.5;
const TREES: Omit<TrainOptions, 'kind' | 'trees'> = {
  ...{ depth: 4, leastWeight: 8, lambda: 1, learningRate: 0.1, rowShare: 0.6, featureShare: 0.7 },
};
const COUNT = 60;

export interface Exam {
  readonly failure: ClassScores;
  /** Days, over all parts and days looked at; what lies more than 60 days ahead counts as 60. */
  readonly rul: RulScores;
}
export interface Trained {
  readonly models: LearnedModels;
  readonly exams: { readonly learned: Exam; readonly rules: Exam };
  readonly examples: { readonly train: number; readonly test: number; readonly test_failures: number };
}

/** Trains the two models on a generated fleet and examines them, and the rules, on vehicles that they have not seen. */
export function trainModels(options: SetOptions, version: string): Trained {
  const all = trainingSet(options);
  const draw = diceOf(options.seed).fork('held out');
  const heldOut = new Set([...new Set(all.map(({ unit }) => unit))].filter(() => draw.next() < HELD_OUT));
  const train = all.filter(({ unit }) => !heldOut.has(unit));
  const test = all.filter(({ unit }) => heldOut.has(unit));
  const columns = columnsOf(train);
  const grown = (kind: BoostedTrees['kind'], of: (example: Example) => number): BoostedTrees =>
    tidied(
      trainTrees(
        { features: FEATURES, columns, targets: Float64Array.from(train, of) },
        { ...TREES, kind, trees: COUNT },
        diceOf(options.seed).fork(kind),
      ),
    );
  const models: LearnedModels = {
    version,
    risk: grown('logistic', (example) => (isFailure(example) ? 1 : 0)),
    rul: grown('squared', daysLeftOf),
  };
  return {
    models,
    exams: { learned: examine(learnedOracle(models), test), rules: examine(RULES, test) },
    examples: { train: train.length, test: test.length, test_failures: test.filter(isFailure).length },
  };
}

function examine(oracle: Oracle, test: readonly Example[]): Exam {
  const outlooks = test.map(oracle.outlook);
  const risks = outlooks.map(({ risk }) => risk);
  const days = outlooks.map(({ rul_days }) => rul_days);
  return { failure: classScores(risks, test.map(isFailure), CALLED_FROM), rul: rulScores(days, test.map(daysLeftOf)) };
}

/** Five digits are more than the data is good for, and a third of the bytes. */
function tidied({ kind, features, base, trees }: BoostedTrees): BoostedTrees {
  const tidy = (numbers: readonly number[]): number[] => numbers.map((number) => Number(number.toPrecision(5)));
  return {
    ...{ kind, features, base: Number(base.toPrecision(8)) },
    trees: trees.map((tree) => ({ ...tree, threshold: tidy(tree.threshold), value: tidy(tree.value) })),
  };
}
