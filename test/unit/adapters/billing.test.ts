import { describe, expect, test } from '@jest/globals';
import { itemBytes } from '../../../lambdas/adapters/items/attributes.ts';
import { decodeEntry, encodeEntry } from '../../../lambdas/adapters/items/journal-items.ts';
import { virtualWorld } from '../../../lambdas/adapters/memory/memory-world.ts';
import type { JournalEntry } from '../../../lambdas/workflow/journal.ts';

const RUN = `run_${'0123456789'.repeat(4)}`;
const turn = (seq: number, tasks: number): JournalEntry => ({
  ...{ seq, turnId: '5b0f7d2e-52ba-4a3e-9a38-5f8a2c1de0aa', at: 1_767_225_600_000, confirmed: seq - 1 },
  events: [
    {
      type: 'tasks_completed',
      agent: 'worker',
      done: Array.from(
        { length: tasks },
        (_, i) =>
          [
            ...[seq * 100 + i, 1, 3 + (Math.imul(i + 1, 2_654_435_761) >>> 27)],
            { value: { rows: Math.imul(i + seq, 40_503) >>> 0, status: 'ok' } },
          ] as [number, number, number, { value: { rows: number; status: string } }],
      ),
    },
  ],
});

describe('what DynamoDB would bill', () => {
  test('is at most 0.1 write units a task for a turn of a hundred tasks', () => {
    expect(itemBytes(encodeEntry(RUN, turn(12, 100)))).toBeLessThan(3 * 1024);
  });

  test('is one write unit for a turn of ten tasks', () => {
    expect(itemBytes(encodeEntry(RUN, turn(12, 10)))).toBeLessThanOrEqual(1024);
  });

  test('does not change what an entry says', () => {
    for (const tasks of [0, 1, 10, 1_000]) {
      expect(decodeEntry(encodeEntry(RUN, turn(12, tasks)))).toEqual(turn(12, tasks));
    }
  });

  test('is counted per KB of the item as it is stored', async () => {
    const { journal, meter } = virtualWorld();
    const entry = turn(1, 500);
    await journal.append(RUN, entry);
    const bytes = itemBytes(encodeEntry(RUN, entry));
    expect(bytes).toBeGreaterThan(2 * 1024);
    expect(meter.read().dynamodb_write_units).toBe(Math.ceil(bytes / 1024));
    meter.reset();
    await journal.read(RUN, 0);
    expect(meter.read().dynamodb_read_units).toBe(Math.ceil(bytes / 4096));
  });

  test('is counted for writes that were refused, too', async () => {
    const { journal, meter } = virtualWorld();
    await journal.append(RUN, turn(1, 1));
    await journal.append(RUN, { ...turn(1, 1), turnId: 'other' });
    expect(meter.read().dynamodb_write_units).toBe(2);
  });

  test('counts a wake row in its index: moved there is written twice', async () => {
    const { runs, meter } = virtualWorld();
    await runs.setWake(RUN, 1_000);
    expect(meter.read().dynamodb_write_units).toBe(2);
    meter.reset();
    await runs.setWake(RUN, 2_000);
    expect(meter.read().dynamodb_write_units).toBe(3);
    meter.reset();
    await runs.setWake(RUN, undefined);
    expect(meter.read().dynamodb_write_units).toBe(2);
  });
});

describe('what EventBridge would bill', () => {
  test('is an event per 64 KB', async () => {
    const { bus, meter } = virtualWorld();
    await bus.publishToChannel('muster.platform', 'channel.a', { small: true });
    await bus.publishToChannel('muster.platform', 'channel.a', { large: 'x'.repeat(100_000) });
    expect(meter.read().events).toBe(3);
  });
});

test('an entry that would leave a gap in the journal is a bug, and thrown as one', async () => {
  const { journal } = virtualWorld();
  await expect(journal.append(RUN, turn(2, 1))).rejects.toThrow(/leave a gap/);
});
