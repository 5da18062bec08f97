import { expect, test } from '@jest/globals';
import { demo } from '../../../../bin/demos/tasks.ts';
import { stageInProcess } from '../../../support/demos/stage-in-process.ts';
import { taskFleet } from './support/fleet.ts';

test('muster demo tasks plays all six stages on real files, and ends with an answer that says where it comes from', async () => {
  const fleet = await taskFleet({ stream: true, patienceMs: 60_000 });
  const stage = stageInProcess(fleet);
  expect(await demo.play(stage)).toBe(true);
  const all = stage.said.join('\n');
  for (const heading of ['1 ', '2 ', '3 ', '4 ', '5 ', '6 ']) expect(all).toContain(`# ${heading}`);
  expect(all).toMatch(/seattle-weather\.csv\s+table\s+text\/csv\s+content\s+1461 rows, 6 columns/);
  expect(all).toContain('gimp.png');
  expect(all).toMatch(/processing_chunk_1/);
  expect(all).toContain('file_1_mean_temp_max');
  expect(all).toMatch(/quality [ABCD]: complete 100 %/);
  expect(all).toMatch(/"decision":"(accept|revise)"/);
  fleet.stop();
});
