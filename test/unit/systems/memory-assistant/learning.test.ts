import { describe, expect, test } from '@jest/globals';
import {
  bucketOf,
  type Experiment,
  newExperiment,
  scored,
  variantFor,
} from '../../../../lambdas/systems/memory-assistant/experiments/experiment.ts';
import {
  type Learned,
  learnFrom,
  trendOf,
  UNLEARNED,
} from '../../../../lambdas/systems/memory-assistant/learning/adapt.ts';
import { instancesFor, SCALING } from '../../../../lambdas/systems/memory-assistant/scaling/policy.ts';

const learned = (scores: readonly number[]): Learned =>
  scores.reduce<Learned>((so_far, score) => learnFrom(so_far, score), UNLEARNED);
const times = (n: number, score: number): number[] => Array.from({ length: n }, () => score);

describe('learning from feedback', () => {
  test('changes nothing before the hundredth sample, however bad it gets', () => {
    expect(learned([...times(89, 1), ...times(10, 0.1)])).toMatchObject({ count: 99, manner: 'steady' });
  });

  test('makes it conservative when the last ten are worse than the ten before by more than a tenth', () => {
    expect(learned([...times(90, 1), ...times(10, 0.5)])).toMatchObject({ count: 100, manner: 'conservative' });
  });

  test('makes it aggressive when they are better by more than a tenth', () => {
    expect(learned([...times(90, 0.5), ...times(10, 0.9)])).toMatchObject({ count: 100, manner: 'aggressive' });
  });

  test('stays as it is within a tenth', () => {
    expect(learned([...times(90, 0.8), ...times(10, 0.85)]).manner).toBe('steady');
  });

  test('has no trend with fewer than ten scores, with none before them, or where those are nothing', () => {
    expect(trendOf(times(9, 1))).toBe(0);
    expect(trendOf(times(10, 1))).toBe(0);
    expect(trendOf([...times(10, 0), ...times(10, 1)])).toBe(0);
    expect(trendOf([...times(10, 0.5), ...times(10, 0.75)])).toBeCloseTo(0.5);
  });

  test('keeps a hundred scores, and counts all', () => {
    const after = learned(times(250, 0.8));
    expect([after.scores.length, after.count]).toEqual([100, 250]);
  });
});

describe('an experiment', () => {
  const askers = Array.from({ length: 2_000 }, (_, n) => `asker-${n}`);
  const experiment = (over: Partial<Experiment> = {}): Experiment => ({ ...newExperiment('answers', 0.3), ...over });

  test('sends the same asker to the same version each time', () => {
    for (const asker of askers.slice(0, 50)) expect(bucketOf('answers', asker)).toBe(bucketOf('answers', asker));
  });

  test('sends its share to version b', () => {
    const toB = askers.filter((asker) => variantFor(experiment(), asker) === 'b').length;
    expect(toB / askers.length).toBeGreaterThan(0.26);
    expect(toB / askers.length).toBeLessThan(0.34);
  });

  test('moves nobody back to a when its share grows', () => {
    const inB = askers.filter((asker) => variantFor(experiment(), asker) === 'b');
    expect(inB.every((asker) => variantFor(experiment({ share: 0.6 }), asker) === 'b')).toBe(true);
  });

  test('divides the same people otherwise under another name', () => {
    const both = askers.filter(
      (asker) => variantFor(experiment(), asker) === 'b' && variantFor(experiment({ name: 'other' }), asker) === 'b',
    );
    expect(both.length / askers.length).toBeLessThan(0.15);
  });

  function play(scoresA: readonly number[], scoresB: readonly number[]): Experiment {
    let now = experiment();
    for (const [place, score] of scoresA.entries()) {
      now = scored(now, 'a', score);
      now = scored(now, 'b', scoresB[place] ?? 0);
    }
    return now;
  }
  const alternating = (n: number, one: number, other: number) =>
    Array.from({ length: n }, (_, at) => (at % 2 ? one : other));

  test('is rolled back from twenty scores on when b is worse by more than chance, and all meet a', () => {
    const ended = play(alternating(20, 0.9, 0.8), alternating(20, 0.4, 0.3));
    expect(ended).toMatchObject({ status: 'rolled_back', why: expect.stringContaining('b is worse') });
    expect(askers.filter((asker) => variantFor(ended, asker) === 'b')).toEqual([]);
  });

  test('is not rolled back with nineteen scores', () => {
    expect(play(alternating(19, 0.9, 0.8), alternating(19, 0.4, 0.3)).status).toBe('running');
  });

  test('goes on while the difference may be chance', () => {
    expect(play(alternating(60, 1, 0), alternating(60, 0, 1)).status).toBe('running');
  });

  test('is adopted when b is better, but not before a hundred scores', () => {
    expect(play(alternating(99, 0.4, 0.3), alternating(99, 0.9, 0.8)).status).toBe('running');
    expect(play(alternating(100, 0.4, 0.3), alternating(100, 0.9, 0.8)).status).toBe('adopted');
  });
});

describe('scaling', () => {
  test('keeps everybody below a hundred messages', () => {
    expect(instancesFor(1, 250, 1)).toBe(3);
  });

  test('adds one while they are slow and work waits', () => {
    expect(instancesFor(2, 10, 6)).toBe(3);
    expect(instancesFor(1, 0, 6)).toBe(1);
  });

  test('takes one away at a time, once the rest have little to do', () => {
    expect(instancesFor(3, 0, 1)).toBe(2);
    expect(instancesFor(3, 150, 1)).toBe(3);
  });

  test('stays within its bounds', () => {
    expect(instancesFor(1, 100_000, 60)).toBe(SCALING.most);
    expect(instancesFor(1, 0, 0)).toBe(SCALING.least);
  });
});
