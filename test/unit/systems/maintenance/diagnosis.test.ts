import { expect, test } from '@jest/globals';
import { diagnose } from '../../../../lambdas/systems/maintenance/analysis/diagnose.ts';
import { THRESHOLDS } from '../../../../lambdas/systems/maintenance/analysis/thresholds.ts';
import type { Analysis, PartOutlook } from '../../../../lambdas/systems/maintenance/fleet/shapes.ts';

/** @param outlook the worst first */
const analysisOf = (...outlook: PartOutlook[]): Analysis => ({
  ...{ vehicle_id: 'VEH-1', model: 'learned', model_version: '1', outlook, part: outlook[0]?.part ?? null },
  ...{ risk: outlook[0]?.risk ?? 0, rul_days: 3, confidence: 1, readings: 30 },
  signals: [{ signal: 'crank_voltage_v.wear_now', effect: 1, value: 1 }],
});
const battery = { part: 'battery', risk: 0.95, rul_days: 2 } as const;

test('a part on which lives depend comes first, though another is more likely to fail', () => {
  const found = diagnose(analysisOf(battery, { part: 'brake_pads', risk: 0.85, rul_days: 4 }), [], THRESHOLDS);
  expect(found).toMatchObject({ part: 'brake_pads', urgency: 'safety', within_days: 3, skill: 'chassis' });
  // What was telling of the battery tells nothing of the brakes.
  expect(found.reason).not.toContain('most telling');
});

test('a part on which lives depend does not come before an urgent one while it has time', () => {
  const found = diagnose(analysisOf(battery, { part: 'brake_pads', risk: 0.6, rul_days: 15 }), [], THRESHOLDS);
  expect(found).toMatchObject({ part: 'battery', urgency: 'urgent' });
  expect(found.reason).toContain('most telling: the latest value');
});
