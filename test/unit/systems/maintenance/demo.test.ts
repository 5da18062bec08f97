import { expect, test } from '@jest/globals';
import { demo } from '../../../../bin/demos/maintenance.ts';
import { playFleet } from '../../../../bin/fleet/play-fleet.ts';
import { fleetStatus } from '../../../../bin/views/fleet-status.ts';
import { stageInProcess } from '../../../support/demos/stage-in-process.ts';
import { DAY_MS, maintenanceFleet } from './support/test-fleet.ts';

test('a fleet that is played is seen to: failures are found, customers answer, visits are rightly made, all of it shown', async () => {
  const fleet = await maintenanceFleet();
  const stage = stageInProcess(fleet, { seed: 1 });
  const played = await playFleet({ vehicles: 30, days: 1, speed: 86_400, seed: 1 }, stage);

  expect(played.messages).toBe(60);
  expect(played.vehicles).toHaveLength(30);
  expect(played.visits).toBeGreaterThan(0);
  expect(played.rightly / played.visits).toBeGreaterThan(0.5);
  const status = fleetStatus(played.vehicles, [], stage.now());
  expect(status).toMatch(/^30 vehicles, \d+ at risk, \d+ booked, 0 questions for a person/);
  expect(status).toMatch(/is usual and .* the limit/);
  expect(status).not.toMatch(/ 0 booked/);
  expect(fleetStatus(played.vehicles, [], stage.now() + 60 * DAY_MS)).toMatch(/ 0 booked/);
});

test('the demo plays the whole flow and ends well', async () => {
  const fleet = await maintenanceFleet();
  const stage = stageInProcess(fleet, { seed: 1 });
  expect(await demo.play(stage)).toBe(true);
  const text = stage.said.join('\n');
  expect(text).toContain('# manufacturing insights');
  expect(text).toMatch(/of them with a part that was really worn +\d+ \(\d+ %\)/);
}, 240_000);
