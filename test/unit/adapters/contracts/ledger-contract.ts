import { describe, expect, test } from '@jest/globals';
import type { StepRecord } from '../../../../lambdas/runtime/ports.ts';
import { someRunId, type World } from './ports-under-test.ts';

const LATER = 1_900_000_000_000;

function step(position: number, overrides: Partial<StepRecord> = {}): StepRecord {
  return {
    ...{ position, place: String(position), kind: 'step', name: 'fetch' },
    ...{ outcome: { value: { rows: 3 } }, at: LATER, attempt: 1 },
    ...overrides,
  };
}

export function ledgerContract(world: World): void {
  describe('the ledger of steps', () => {
    const someTask = (): string => `worker#${someRunId()}/a/1`;

    test('answers what was recorded, with nothing lost', async () => {
      const { ledger } = world();
      const task = someTask();
      const ref = { key: 'default/abc', bytes: 5, sha256: 'a'.repeat(64) };
      const error = { code: 'gone', class: 'data' as const, message: 'it is gone', details: { where: ['there'] } };
      const steps = [
        step(1, { place: '2', name: 'load "all" of it', kind: 'tool', attempt: 7 }),
        step(2, { outcome: { ref }, place: '1_1f2e3d4c_1' }),
        step(3, { outcome: { error }, name: 'x'.repeat(3_000) }),
        step(4, { outcome: { value: null }, place: '', kind: 'void', name: '' }),
        step(12, { outcome: { value: 'ü'.repeat(1_000) } }),
      ];
      for (const one of steps) expect(await ledger.append(task, one, LATER)).toBe(true);
      const read = await ledger.read(task);
      expect(read.sort((a, b) => a.position - b.position)).toEqual(steps);
    });

    test('keeps the first record of a position, whoever wrote it', async () => {
      const { ledger } = world();
      const task = someTask();
      expect(await ledger.append(task, step(1), LATER)).toBe(true);
      expect(await ledger.append(task, step(1, { name: 'other' }), LATER)).toBe(false);
      expect(await ledger.append(task, step(1), LATER)).toBe(false);
      expect(await ledger.read(task)).toEqual([step(1)]);
    });

    test('gives a position to exactly one of many who want it', async () => {
      const { ledger } = world();
      const task = someTask();
      const names = Array.from({ length: 8 }, (_, index) => `step ${index}`);
      const got = await Promise.all(names.map((name) => ledger.append(task, step(1, { name }), LATER)));
      expect(got.filter(Boolean)).toHaveLength(1);
      expect(await ledger.read(task)).toEqual([step(1, { name: names[got.indexOf(true)] ?? '' })]);
    });

    test('keeps tasks and their epochs apart', async () => {
      const { ledger } = world();
      const task = someTask();
      await ledger.append(task, step(1), LATER);
      expect(await ledger.read(`${task}0`)).toEqual([]);
      expect(await ledger.read(task.slice(0, -1))).toEqual([]);
    });

    test('reads a thousand steps', async () => {
      const { ledger } = world();
      const task = someTask();
      const value = 'y'.repeat(1_000);
      const steps = Array.from({ length: 1_000 }, (_, index) => step(index + 1, { outcome: { value } }));
      for (let from = 0; from < steps.length; from += 50)
        await Promise.all(steps.slice(from, from + 50).map((one) => ledger.append(task, one, LATER)));
      expect((await ledger.read(task)).map(({ position }) => position).sort((a, b) => a - b)).toEqual(
        steps.map(({ position }) => position),
      );
    });
  });
}
