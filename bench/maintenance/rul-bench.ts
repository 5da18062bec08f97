import { type BoostedTrees, predict } from '../../lambdas/systems/maintenance/learning/boosted-trees.ts';
import { diceOf } from '../../lambdas/systems/maintenance/learning/dice.ts';
import { type RulScores, rulScores } from '../../lambdas/systems/maintenance/learning/measure.ts';
import { type TrainOptions, trainTrees } from '../../lambdas/systems/maintenance/learning/train-trees.ts';
import { type Cycle, cmapssExamples, type Engines, featuresOf, readCmapss, scaleOf } from './cmapss.ts';

export interface RulFigures {
  /** Cycles; the truth is as it is, however far away. */
  readonly rul: RulScores;
  /** What says the training engines' mean for each engine, for comparison. */
  readonly mean_life: RulScores;
  readonly engines: { readonly train: number; readonly test: number };
  readonly truth: string;
}

/** Far from its end an engine shows nothing of it: more than so many cycles are learnt as so many. */
const CAP = 125;
/** What the official test sets leave to live, about; where a file has no truth, its engines are cut off like that. */
const LEFT = { least: 7, most: 145 };
/** Cycles that must be seen before an engine is cut off. */
const LEAST_SEEN = 31;
/** Models of which the mean is told: their errors differ, what they have learnt does not. */
const MODELS = 3;
const TREES: TrainOptions = {
  ...{ kind: 'squared', trees: 220, depth: 5, leastWeight: 20, lambda: 1 },
  ...{ learningRate: 0.04, rowShare: 0.5, featureShare: 0.25 },
};

export function rulBench(
  learnt: string,
  asked: string,
  rulText: string | undefined,
  seed: number,
  progress: (line: string) => void,
): RulFigures {
  const train = readCmapss(learnt);
  const test = readCmapss(asked);
  const exam = rulText === undefined ? cutOff(test, seed) : withTruth(test, rulText);
  const scale = scaleOf(train);
  const examples = cmapssExamples(train, scale, CAP);
  const models: BoostedTrees[] = [];
  for (let number = 0; number < MODELS; number += 1) {
    progress(`${train.size} engines, ${examples.targets.length} cycles: model ${number + 1} of ${MODELS}`);
    models.push(trainTrees(examples, TREES, diceOf(seed).fork(`model ${number}`)));
  }
  const said = exam.map(({ cycles }) => {
    const row = featuresOf(cycles, scale).at(-1) ?? [];
    return models.reduce((sum, model) => sum + Math.max(0, predict(model, row)), 0) / MODELS;
  });
  const truth = exam.map(({ left }) => left);
  const lives = [...train.values()].map((cycles) => cycles.length);
  const life = lives.reduce((sum, one) => sum + one, 0) / Math.max(1, lives.length);
  return {
    rul: rulScores(said, truth),
    mean_life: rulScores(
      exam.map(({ cycles }) => Math.max(0, life - cycles.length)),
      truth,
    ),
    engines: { train: train.size, test: exam.length },
    truth: rulText === undefined ? 'engines of the test file, run to failure, cut off at random' : 'the file of --rul',
  };
}

interface Question {
  readonly cycles: readonly Cycle[];
  /** Cycles that are left after the last of them. */
  readonly left: number;
}

function withTruth(test: Engines, text: string): Question[] {
  const truth = text.trim().split(/\s+/).map(Number);
  if (truth.length !== test.size || truth.some(Number.isNaN))
    throw new Error(`the file of --rul has ${truth.length} numbers for ${test.size} engines`);
  return [...test.values()].map((cycles, at) => ({ cycles, left: truth[at] ?? 0 }));
}

function cutOff(test: Engines, seed: number): Question[] {
  const dice = diceOf(seed).fork('cut');
  return [...test.values()].map((cycles) => {
    const most = Math.max(0, Math.min(LEFT.most, cycles.length - LEAST_SEEN));
    const left = Math.round(dice.between(Math.min(LEFT.least, most), most));
    return { cycles: cycles.slice(0, cycles.length - left), left };
  });
}
