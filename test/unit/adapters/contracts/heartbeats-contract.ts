import { describe, expect, test } from '@jest/globals';
import type { Heartbeat } from '../../../../lambdas/runtime/ports.ts';
import { someRunId, type World } from './ports-under-test.ts';

const T0 = 1_767_225_600_000;

export function heartbeatsContract(world: World): void {
  describe('signs of life', () => {
    const beat = (runId: string, overrides: Partial<Heartbeat> = {}): Heartbeat => ({
      ...{ runId, taskId: 'extract', attempt: 1, agent: 'etl-extractor', at: T0 },
      ...overrides,
    });

    test('are found by their run and task, and by no other run', async () => {
      const { heartbeats } = world();
      const runId = someRunId();
      const beats = Array.from({ length: 30 }, (_, i) => beat(runId, { taskId: `t.${i}`, at: T0 + i }));
      await heartbeats.record([...beats, beat(someRunId())]);
      expect(await heartbeats.of(runId)).toEqual(new Map(beats.map((each) => [each.taskId, each])));
      expect(await heartbeats.of(someRunId())).toEqual(new Map());
    });

    test('keep the newest of a task, in whatever order they come', async () => {
      const { heartbeats } = world();
      const runId = someRunId();
      await heartbeats.record([beat(runId, { at: T0 + 10, attempt: 2, agent: 'backup' })]);
      await heartbeats.record([beat(runId, { at: T0 + 5 })]);
      expect((await heartbeats.of(runId)).get('extract')).toEqual(
        beat(runId, { at: T0 + 10, attempt: 2, agent: 'backup' }),
      );
      await heartbeats.record([beat(runId, { at: T0 + 20 }), beat(runId, { at: T0 + 15 })]);
      expect((await heartbeats.of(runId)).get('extract')?.at).toBe(T0 + 20);
    });

    test('can be none', async () => {
      const { heartbeats } = world();
      await expect(heartbeats.record([])).resolves.toBeUndefined();
    });
  });
}
