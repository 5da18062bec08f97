import { describe, expect, test } from '@jest/globals';
import type { VehicleRecord } from '../../../../lambdas/systems/maintenance/fleet/records.ts';
import { fleetInsights } from '../../../../lambdas/systems/maintenance/insights/fleet-insights.ts';
import { adjusted, fisher } from '../../../../lambdas/systems/maintenance/insights/significance.ts';
import { diceOf } from '../../../../lambdas/systems/maintenance/learning/dice.ts';
import { VAN } from './support/test-fleet.ts';

describe('significance', () => {
  test("is Fisher's: of his lady tasting tea, and of a table of R's documentation", () => {
    expect(fisher({ cases: 4, of: 4 }, { cases: 0, of: 4 })).toBeCloseTo(1 / 70, 12);
    expect(fisher({ cases: 3, of: 4 }, { cases: 1, of: 4 })).toBeCloseTo(0.2428571, 7);
    // Convictions of like-sex twins: fisher.test(Convictions, alternative = "less") says 0.0004652.
    expect(fisher({ cases: 10, of: 12 }, { cases: 3, of: 18 })).toBeCloseTo(0.0004652, 6);
  });

  test('is nothing where there is nothing to compare', () => {
    expect(fisher({ cases: 3, of: 10 }, { cases: 0, of: 0 })).toBe(1);
    expect(fisher({ cases: 0, of: 10 }, { cases: 0, of: 10 })).toBe(1);
  });

  test('counts for less the more is asked at once', () => {
    const qs = adjusted([0.01, 0.04, 0.03, 0.5]);
    expect(qs.map((q) => Number(q.toFixed(4)))).toEqual([0.04, 0.0533, 0.0533, 0.5]);
  });
});

const WORN = [{ run_id: 'r', part: 'oil_pump' as const, at: '2026-01-01T00:00:00Z', confirmed: true }];

/** A fleet whose vehicles of one batch and plant are worn so much more often than the others. */
function fleetOf(size: number, seed: number, bad: number, usual: number): VehicleRecord[] {
  const dice = diceOf(seed);
  return Array.from({ length: size }, (_, number) => {
    const vehicle = {
      ...VAN,
      ...{
        vehicle_id: `VEH-${number}`,
        batch: dice.pick(['B-05', 'B-06', 'B-07', 'B-08']),
        plant: dice.pick(['Leipzig', 'Gliwice']),
      },
    };
    const isBad = vehicle.batch === 'B-07' && vehicle.plant === 'Leipzig';
    const worn = dice.next() < (isBad ? bad : usual);
    const cases = worn ? WORN : [];
    return { vehicle, customer_id: null, days: [], messages: [], cases, updated_at: '2026-01-01T00:00:00Z' };
  });
}

describe('insights over a fleet', () => {
  test('name the batch and plant that wear out oil pumps, once, with figures', () => {
    const { affected_components, insights, recommendations } = fleetInsights(fleetOf(400, 3, 0.4, 0.02));
    expect(affected_components).toMatchObject([{ part: 'oil_pump', group: 'batch B-07 of plant Leipzig' }]);
    expect(affected_components[0]?.q).toBeLessThan(1e-6);
    expect(insights[0]).toMatch(
      /^oil pump: worn early in \d+ of \d+ \(\d+\.\d %\) of batch B-07 of plant Leipzig, elsewhere in/,
    );
    expect(recommendations).toHaveLength(1);
  });

  test('say nothing of a fleet in which all batches are alike, in 95 of 100 fleets or more', () => {
    const alarms = Array.from(
      { length: 100 },
      (_, seed) => fleetInsights(fleetOf(200, seed, 0.1, 0.1)).insights.length,
    );
    expect(alarms.filter((count) => count > 0).length).toBeLessThanOrEqual(5);
  });

  test('tell two batches apart of which one is named like the beginning of the other', () => {
    const fleet = fleetOf(400, 3, 0.4, 0.02).map((one) => ({
      ...one,
      vehicle: {
        ...one.vehicle,
        batch: one.vehicle.batch === 'B-07' ? 'B-1' : one.vehicle.batch === 'B-08' ? 'B-10' : 'B-2',
      },
      cases: one.vehicle.batch === 'B-07' || one.vehicle.batch === 'B-08' ? WORN : [],
    }));
    const groups = fleetInsights(fleet).affected_components.map(({ group }) => group);
    expect(groups).toEqual(expect.arrayContaining(['batch B-1', 'batch B-10']));
  });

  test('look at each vehicle a few times, however many batches there are', () => {
    let looks = 0;
    const fleet = fleetOf(1_000, 3, 0.4, 0.02).map((one, number) => {
      const vehicle = Object.defineProperty({ ...one.vehicle }, 'batch', {
        get: () => {
          looks += 1;
          return `B-${number % 250}`;
        },
      });
      return { ...one, vehicle };
    });
    expect(fleetInsights(fleet).vehicles).toBe(1_000);
    expect(looks).toBeLessThan(50 * 1_000);
  });

  test('count only what a garage has confirmed', () => {
    const claimed = fleetOf(400, 3, 0.4, 0.02).map((one) => ({
      ...one,
      cases: one.cases.map((seen) => ({ ...seen, confirmed: null })),
    }));
    expect(fleetInsights(claimed)).toMatchObject({ cases: 0, affected_components: [] });
  });
});
