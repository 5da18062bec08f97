import { describe, expect, test } from '@jest/globals';
import { memoryProgressBoard } from '../../../../lambdas/adapters/memory/memory-progress-board.ts';
import { memoryTable } from '../../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../../lambdas/adapters/memory/meter.ts';

describe('the progress board', () => {
  test('keeps the newest word on each task, however late an older one comes', async () => {
    const board = memoryProgressBoard(memoryTable(createMeter()));
    await board.put('run', 'load', 'loader', 0.9, 'nearly', 20);
    await board.put('run', 'load', 'loader', 0.2, 'begun', 10);
    await board.put('run', 'check', 'validator', 0.5, 'half', 15);
    await board.put('other', 'load', 'loader', 0.1, 'elsewhere', 30);
    expect(await board.list('run')).toEqual([
      { taskId: 'check', agent: 'validator', progress: 0.5, step: 'half', at: 15 },
      { taskId: 'load', agent: 'loader', progress: 0.9, step: 'nearly', at: 20 },
    ]);
    expect(await board.list('unknown')).toEqual([]);
  });

  test('adds up who takes part, each once', async () => {
    const board = memoryProgressBoard(memoryTable(createMeter()));
    await board.watch('run', ['loader', 'extractor'], 1);
    await board.watch('run', ['loader', 'validator'], 2);
    expect(await board.watchers('run')).toEqual(['extractor', 'loader', 'validator']);
  });
});
