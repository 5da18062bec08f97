import { describe, expect, test } from '@jest/globals';
import { screen } from '../../../../lambdas/systems/maintenance/analysis/screen.ts';
import type { Reading } from '../../../../lambdas/systems/maintenance/fleet/shapes.ts';
import { DAY_MS, START, sensorDays } from './support/test-fleet.ts';

const days = sensorDays(10);
const at = (index: number): Reading => days[index] ?? { at: '', signals: {} };
const changed = (index: number, signals: Reading['signals'], more: Partial<Reading> = {}): Reading => ({
  ...at(index),
  signals: { ...at(index).signals, ...signals },
  ...more,
});

describe('readings of a vehicle', () => {
  test('that are sound are all taken', () => {
    const { days: kept, taken, issues } = screen([], days, START);
    expect([kept.length, taken, issues]).toEqual([10, 10, {}]);
  });

  test('keep what is there where values are missing or impossible', () => {
    const { days: kept, issues } = screen(
      [],
      [changed(0, { oil_pressure_kpa: null }), changed(1, { coolant_temp_c: -9_999, crank_voltage_v: 400 })],
      START,
    );
    expect(issues).toEqual({ missing: 1, impossible: 2 });
    expect(kept[0]?.signals).toMatchObject({ oil_pressure_kpa: null, brake_pad_mm: 10 });
    expect(kept[1]?.signals).toMatchObject({ coolant_temp_c: null, crank_voltage_v: null, load_share: 0.5 });
  });

  test('of a sensor that sticks count once, and those of one that may rest count all', () => {
    const stuck = days.map((_, index) => changed(index, index < 6 ? { gearbox_temp_c: 75, brake_pad_mm: 9 } : {}));
    const { usable: kept, issues } = screen([], stuck, START);
    expect(issues).toEqual({ stuck: 5 });
    expect(kept.slice(0, 6).map(({ signals }) => signals.gearbox_temp_c)).toEqual([75, null, null, null, null, null]);
    expect(kept.slice(0, 6).map(({ signals }) => signals.brake_pad_mm)).toEqual([9, 9, 9, 9, 9, 9]);
  });

  test('that stick over several messages are found as well', () => {
    const stuck = days.map((_, index) => changed(index, { gearbox_temp_c: 75 }));
    const first = screen([], stuck.slice(0, 3), START);
    expect(first.issues).toEqual({});
    expect(screen(first.days, stuck.slice(3), START).issues).toEqual({ stuck: 9 });
  });

  test('that stick are found day after day, not only on the first that shows it, and a reading that comes again is a duplicate', () => {
    const stuck = days.map((_, index) => changed(index, { gearbox_temp_c: 75 }));
    let known: ReturnType<typeof screen>['days'] = [];
    for (const [index, reading] of stuck.entries()) {
      const seen = screen(known, [reading], START);
      known = seen.days;
      if (index >= 4) expect(seen.usable.at(-1)?.signals.gearbox_temp_c).toBeNull();
    }
    expect(screen(known, stuck.slice(5, 6), START).issues).toEqual({ duplicate: 1 });
  });

  test('that come late go to their place, but not those older than all that is kept', () => {
    const known = screen([], days.slice(5), START).days;
    const old = { ...at(0), at: new Date(START - 100 * DAY_MS).toISOString() };
    const { days: kept, issues, taken } = screen(known, [at(2), old], START);
    expect(issues).toEqual({ late: 1, too_late: 1 });
    expect(taken).toBe(1);
    expect(kept.map(({ day }) => day)).toEqual(kept.map(({ day }) => day).toSorted((a, b) => a - b));
  });

  test('that are there already change nothing, and of two that contradict each other the first stays', () => {
    const known = screen([], days, START).days;
    const { days: kept, issues, taken } = screen(known, [at(3), changed(4, { brake_pad_mm: 1 })], START);
    expect([taken, issues]).toEqual([0, { duplicate: 1, contradiction: 1 }]);
    expect(kept).toEqual(known);
  });

  test('from the future are left out, and an odometer that goes back is not believed', () => {
    const future = { ...at(9), at: new Date(START + 3 * DAY_MS).toISOString() };
    const { usable: kept, issues } = screen([], [at(0), changed(1, {}, { odometer_km: 10 }), at(2), future], START);
    expect(issues).toEqual({ in_future: 1, odometer_back: 1 });
    expect(kept.map(({ odometer }) => odometer)).toEqual([50_000, null, 50_240]);
  });

  test('with an odometer that nobody can have driven are not believed, so that those after it are', () => {
    const { usable: kept, issues } = screen([], [at(0), changed(1, {}, { odometer_km: 2_000_000 }), at(2)], START);
    expect(issues).toEqual({ odometer_jump: 1 });
    expect(kept.map(({ odometer }) => odometer)).toEqual([50_000, null, 50_240]);
  });

  test('that are far older than others of the same message are left out', () => {
    const old = { ...at(0), at: '1970-01-02T00:00:00Z' };
    const { days: kept, issues } = screen([], [old, at(1)], START);
    expect([kept.length, issues]).toEqual([1, { too_late: 1 }]);
  });
});
