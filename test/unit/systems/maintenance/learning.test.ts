import { describe, expect, test } from '@jest/globals';
import { FEATURES } from '../../../../lambdas/systems/maintenance/analysis/features.ts';
import { analyse, learnedOracle, RULES } from '../../../../lambdas/systems/maintenance/analysis/outlook.ts';
import { screen } from '../../../../lambdas/systems/maintenance/analysis/screen.ts';
import { LEARNED_MODELS } from '../../../../lambdas/systems/maintenance/artefacts/learned-models.ts';
import { trainModels } from '../../../../lambdas/systems/maintenance/generator/train-models.ts';
import { trainingSet } from '../../../../lambdas/systems/maintenance/generator/training-set.ts';
import { explain, predict, sigmoid } from '../../../../lambdas/systems/maintenance/learning/boosted-trees.ts';
import { diceOf } from '../../../../lambdas/systems/maintenance/learning/dice.ts';
import { bestThreshold, classScores, rulScores } from '../../../../lambdas/systems/maintenance/learning/measure.ts';
import { type TrainOptions, trainTrees } from '../../../../lambdas/systems/maintenance/learning/train-trees.ts';
import { START, sensorDays, wornBrakes } from './support/test-fleet.ts';

const OPTIONS: TrainOptions = {
  ...{
    kind: 'squared',
    trees: 60,
    depth: 3,
    leastWeight: 2,
    lambda: 1,
    learningRate: 0.2,
    rowShare: 1,
    featureShare: 1,
  },
};

describe('boosted trees', () => {
  const dice = diceOf(1);
  const a = Float64Array.from({ length: 400 }, () => dice.next());
  const b = Float64Array.from({ length: 400 }, () => dice.next());
  const target = a.map((value, at) => (value > 0.5 ? 3 : 0) + ((b[at] ?? 0) > 0.3 ? 1 : -1));
  const examples = { features: ['a', 'b'], columns: [a, b], targets: target };

  test('learn steps of two features', () => {
    const model = trainTrees(examples, OPTIONS, diceOf(2));
    expect(predict(model, [0.9, 0.9])).toBeCloseTo(4, 1);
    expect(predict(model, [0.1, 0.1])).toBeCloseTo(-1, 1);
  });

  test('are the same trees again for the same seed, and others for another where chance has a say', () => {
    const some = { ...OPTIONS, rowShare: 0.5 };
    expect(trainTrees(examples, some, diceOf(2))).toEqual(trainTrees(examples, some, diceOf(2)));
    expect(trainTrees(examples, some, diceOf(3))).not.toEqual(trainTrees(examples, some, diceOf(2)));
  });

  test('learn what it means that a value is missing', () => {
    const gaps = a.map((value, at) => (at % 4 === 0 ? Number.NaN : value));
    const answers = gaps.map((value) => (Number.isNaN(value) ? -5 : value > 0.5 ? 3 : 0));
    const model = trainTrees({ features: ['a'], columns: [gaps], targets: answers }, OPTIONS, diceOf(2));
    expect(predict(model, [0.9])).toBeCloseTo(3, 1);
    expect(predict(model, [Number.NaN])).toBeLessThan(predict(model, [0.2]) + 0.1);
  });

  test('give probabilities that are as often right as they say', () => {
    const truth = a.map((value) => (dice.next() < value ? 1 : 0));
    const model = trainTrees(
      { ...examples, targets: truth },
      { ...OPTIONS, kind: 'logistic', trees: 20, leastWeight: 5 },
      diceOf(2),
    );
    const said = [...a].map((value, at) => predict(model, [value, b[at] ?? 0]));
    const sure = said.flatMap((p, at) => (p > 0.7 ? [truth[at] ?? 0] : []));
    expect(sure.length).toBeGreaterThan(50);
    expect(sure.reduce((sum, is) => sum + is, 0) / sure.length).toBeGreaterThan(0.7);
  });

  test('explain a prediction by effects that add up to it', () => {
    const model = trainTrees(
      { ...examples, targets: target.map((value) => Number(value > 1)) },
      { ...OPTIONS, kind: 'logistic' },
      diceOf(2),
    );
    const row = [0.8, 0.2];
    const sum = [...explain(model, row).values()].reduce((total, effect) => total + effect, model.base);
    expect(sigmoid(sum)).toBeCloseTo(predict(model, row), 10);
    expect(Math.abs(explain(model, row).get('a') ?? 0)).toBeGreaterThan(Math.abs(explain(model, row).get('b') ?? 0));
  });
});

describe('the figures of an exam', () => {
  test('are precision, recall, F1 and average precision of the class that matters', () => {
    expect(classScores([0.9, 0.8, 0.3, 0.1], [true, false, true, false], 0.5)).toEqual({
      ...{ precision: 0.5, recall: 0.5, f1: 0.5 },
      pr_auc: 0.5 * 1 + 0.5 * (2 / 3),
    });
  });

  test('do not depend on the order of rows that are told alike', () => {
    const truth = [true, false, false, true];
    expect(classScores([0.5, 0.5, 0.5, 0.5], truth, 0.4).pr_auc).toBe(0.5);
    expect(classScores([0.5, 0.5, 0.5, 0.5], truth.toReversed(), 0.4).pr_auc).toBe(0.5);
  });

  test('count being late for more than being early', () => {
    expect(rulScores([10], [0]).nasa).toBeCloseTo(Math.E - 1, 10);
    expect(rulScores([0], [13]).nasa).toBeCloseTo(Math.E - 1, 10);
    expect(rulScores([3, 0], [0, 4])).toMatchObject({ rmse: Math.sqrt(12.5) });
  });

  test('come with the threshold at which F1 is best', () => {
    expect(bestThreshold([0.9, 0.6, 0.55, 0.2], [true, true, false, false])).toBeCloseTo(0.575, 10);
  });
});

describe('the models of the vehicles', () => {
  test('learn from the past of a vehicle alone: the days to come change no example before them', () => {
    const short = trainingSet({ vehicles: 3, days: 110, seed: 4 });
    const long = trainingSet({ vehicles: 3, days: 140, seed: 4 });
    const rows = new Map(long.map(({ unit, part, day, row }) => [`${unit} ${part} ${day}`, row]));
    expect(short.length).toBeGreaterThan(50);
    for (const { unit, part, day, row } of short) expect(rows.get(`${unit} ${part} ${day}`)).toEqual(row);
  });

  test('are the same again from the same seed, and are examined on vehicles that they have not seen, better than the rules', () => {
    const options = { vehicles: 40, days: 150, seed: 2 };
    const first = trainModels(options, '0');
    expect(trainModels(options, '0').models).toEqual(first.models);
    expect(first.examples.test).toBeGreaterThan(200);
    expect(first.exams.learned.rul.rmse).toBeLessThan(first.exams.rules.rul.rmse);
  });

  test('that are committed fit the code, and see brakes that are nearly gone as the rules do', () => {
    expect(LEARNED_MODELS.risk.features).toEqual(FEATURES);
    const { days } = screen([], sensorDays(30, wornBrakes), START);
    for (const oracle of [learnedOracle(LEARNED_MODELS), RULES]) {
      const { part, risk, rul_days, signals } = analyse('VEH-1', days, oracle);
      expect(part).toBe('brake_pads');
      expect(risk).toBeGreaterThan(0.5);
      expect(rul_days).toBeLessThan(20);
      expect(signals.length).toBeGreaterThan(0);
    }
  });
});
