import { describe, expect, test } from '@jest/globals';
import { randomOf } from '../../simulation/random.ts';

const ten = (random: { next(): number }): number[] => Array.from({ length: 10 }, () => random.next());

describe('random numbers of a simulation', () => {
  test('a seed determines them, and another seed gives others', () => {
    expect(ten(randomOf(7))).toEqual(ten(randomOf(7)));
    expect(ten(randomOf(7))).not.toEqual(ten(randomOf(8)));
  });

  test('a fork goes by its name, not by what was drawn before or beside it', () => {
    const drawn = randomOf(7);
    ten(drawn);
    ten(drawn.fork('faults'));
    expect(ten(drawn.fork('work'))).toEqual(ten(randomOf(7).fork('work')));
    expect(ten(drawn.fork('work'))).not.toEqual(ten(drawn.fork('faults')));
  });

  test('they spread evenly, and weights are kept', () => {
    const random = randomOf(1);
    const counts = { rare: 0, often: 0 };
    for (let draw = 0; draw < 10_000; draw += 1) counts[random.weighted({ rare: 1, often: 9 })] += 1;
    expect(counts.rare).toBeGreaterThan(850);
    expect(counts.rare).toBeLessThan(1_150);
    const buckets = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 10_000; draw += 1) {
      const bucket = random.int(10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    expect(Math.min(...buckets)).toBeGreaterThan(850);
  });

  test('shuffling keeps every item once', () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    expect(
      randomOf(3)
        .shuffled(items)
        .toSorted((a, b) => a - b),
    ).toEqual(items);
  });
});
