import { describe, expect, test } from '@jest/globals';
import { lowerBoundMs, makespanMs, workMs } from '../../../bench/makespan.ts';
import type { TracedTask } from '../../../bench/wf-format.ts';
import { widthBoundMs } from '../../../bench/width-bound.ts';

const SECOND = 1_000;

/** One task, `width` equal ones, and one that waits for them. */
function forkJoin(width: number, seconds: number): TracedTask[] {
  const leaves = Array.from({ length: width }, (_, index) => `leaf-${index}`);
  return [
    { id: 'fork', parents: [], runtimeMs: seconds * SECOND },
    ...leaves.map((id) => ({ id, parents: ['fork'], runtimeMs: seconds * SECOND })),
    { id: 'join', parents: leaves, runtimeMs: seconds * SECOND },
  ];
}

describe('the bounds of a trace', () => {
  test('are its longest path with two hops a task, and its work', () => {
    const tasks = forkJoin(8, 100);
    expect(lowerBoundMs(tasks)).toBe(300_300);
    expect(lowerBoundMs(tasks, 0)).toBe(300_000);
    expect(workMs(tasks)).toBe(1_000_000);
  });

  test('know that eight equal tasks on four places take two rounds', () => {
    expect(widthBoundMs(forkJoin(8, 100), 4)).toBe(400_300);
    expect(widthBoundMs(forkJoin(8, 100), 8)).toBe(300_300);
    expect(widthBoundMs(forkJoin(9, 100), 8)).toBe(400_300);
  });
});

describe('the engine', () => {
  test('loses nothing but the hops where there is room for all', async () => {
    const tasks = forkJoin(8, 100);
    expect(await makespanMs('fork-join', tasks)).toBe(lowerBoundMs(tasks));
  });

  test('keeps the places busy where there are few', async () => {
    const tasks = forkJoin(8, 100);
    const bound = widthBoundMs(tasks, 4);
    const makespan = await makespanMs('fork-join', tasks, 4);
    expect(makespan).toBeGreaterThanOrEqual(bound);
    expect(makespan).toBeLessThanOrEqual(1.01 * bound);
  });

  test('begins the longest way to the end first', async () => {
    // One place, six short tasks that nothing follows, and a chain: the chain must not come last.
    const short = Array.from({ length: 6 }, (_, index) => ({ id: `a${index}`, parents: [], runtimeMs: 10 * SECOND }));
    const chain = Array.from({ length: 6 }, (_, index) => ({
      id: `b${index}`,
      parents: index === 0 ? [] : [`b${index - 1}`],
      runtimeMs: 10 * SECOND,
    }));
    const makespan = await makespanMs('long-way', [...short, ...chain], 2);
    expect(makespan).toBeLessThan(1.05 * 60 * SECOND);
  });
});
