import { describe, expect, test } from '@jest/globals';
import { measureControl } from '../../../bench/control.ts';
import { jainOf } from '../../../bench/fair-shares.ts';

const SMALL = {
  neighbour: { noisy: 500, quiet: 10, visits: 3 },
  neighbourLimits: [2],
  fairness: { tenants: 5, tasks: 12, limit: 2 },
  cost: [{ runs: 1, tasks: 40, keys: 4, limit: 2 }],
  waiting: [20],
  resume: [
    { runs: 20, how: 'hold' },
    { runs: 20, how: 'each' },
  ],
  rebuild: [{ tasks: 100, times: 1 }],
} as const;

describe('the bench of flow control', () => {
  test('finds the quiet neighbour undisturbed, the shares equal and every run resumed', async () => {
    const figures = await measureControl(SMALL, () => {});
    expect(figures.noisy_neighbour_ratio).toBeGreaterThan(1);
    expect(figures.noisy_neighbour_ratio).toBeLessThanOrEqual(1.5);
    expect(figures.jain).toBeGreaterThanOrEqual(0.95);
    expect(figures.requests_per_admission).toBeGreaterThan(0);
    expect(figures.requests_per_admission).toBeLessThan(figures.details.cost[0]?.without.all ?? 0);
    const [byTenant, each] = figures.details.resume;
    // Two hops: to the coordinator, and on to the agent.
    expect([byTenant?.hops_s, each?.hops_s]).toEqual([0.1, 0.1]);
    expect(byTenant?.requests.all).toBeLessThan(each?.requests.all ?? 0);
    expect(figures.details.rebuild).toMatchObject([{ tasks: 100, entries: expect.any(Number) }]);
  });

  test("knows Jain's index", () => {
    expect(jainOf([5, 5, 5, 5])).toBe(1);
    expect(jainOf([8, 0, 0, 0])).toBe(0.25);
  });
});
