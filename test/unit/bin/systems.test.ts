import { describe, expect, test } from '@jest/globals';
import { DEMOS } from '../../../bin/demos/demos.ts';
import { chosenSystems } from '../../../bin/systems.ts';
import { SYSTEMS } from '../../../lambdas/systems/systems.ts';

const ALL = [{ name: 'etl' }, { name: 'maintenance' }, { name: 'assistant' }, { name: 'task-agents' }];

describe('--systems', () => {
  test('left out, or empty, it is all of them', () => {
    expect(chosenSystems(ALL, undefined)).toEqual(ALL);
    expect(chosenSystems(ALL, ' ')).toEqual(ALL);
  });

  test('takes systems by their own names and by those of their demos', () => {
    expect(chosenSystems(ALL, 'tasks, etl')).toEqual([{ name: 'etl' }, { name: 'task-agents' }]);
    expect(chosenSystems(ALL, 'assistant,memory-assistant')).toEqual([{ name: 'assistant' }]);
  });

  test('names what it does not know, and what there is', () => {
    expect(() => chosenSystems(ALL, 'etl,tsks')).toThrow(
      'there is no system "tsks"; there are etl, maintenance, assistant, task-agents',
    );
  });
});

test('each system has a demo, under a name that --systems takes as well', async () => {
  for (const { name } of SYSTEMS) {
    const entry = DEMOS.find(({ system }) => system === name);
    expect(entry).toBeDefined();
    expect(chosenSystems(SYSTEMS, entry?.name).map((system) => system.name)).toEqual([name]);
    const demo = await entry?.load();
    expect([demo?.name, demo?.system]).toEqual([entry?.name, name]);
  }
});
