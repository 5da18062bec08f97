import { describe, expect, test } from '@jest/globals';
import { demo } from '../../../../bin/demos/assistant.ts';
import { stageInProcess } from '../../../support/demos/stage-in-process.ts';
import { assistantFleet } from './support/assistant-fleet.ts';

describe('the demo of the assistant', () => {
  test('plays every flow and ends with answers', async () => {
    const { fleet } = await assistantFleet();
    const stage = stageInProcess(fleet);
    expect(await demo.play(stage)).toBe(true);
    const text = stage.said.join('\n');
    expect(text).toContain('9:30');
    expect(text).toContain('I do not know');
    expect(text).toContain('1 could not be read');
    expect(text).not.toContain('4111 1111');
  });
});
