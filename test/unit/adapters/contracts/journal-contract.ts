import { describe, expect, test } from '@jest/globals';
import { ARCHIVE_PREFIX } from '../../../../lambdas/contracts/blob.ts';
import { asJson } from '../../../../lambdas/contracts/json.ts';
import type { RunEvent } from '../../../../lambdas/workflow/events.ts';
import type { JournalEntry } from '../../../../lambdas/workflow/journal.ts';
import { someRunId, type World } from './ports-under-test.ts';

const entry = (seq: number, overrides: Partial<JournalEntry> = {}): JournalEntry => ({
  seq,
  turnId: `turn-${seq}`,
  at: 1_767_225_600_000 + seq,
  confirmed: seq - 1,
  events: [{ type: 'timer_armed', at: 1_767_225_660_000 }],
  ...overrides,
});
const completed = (tasks: number): RunEvent => ({
  type: 'tasks_completed',
  agent: 'worker',
  done: Array.from({ length: tasks }, (_, task) => [task, 1, 12, { value: { row: task, text: 'naïve ☂' } }]),
});
const snapshot = (seq: number, state: unknown = { tasks: seq }, engine = 1) => ({
  ...{ seq, at: 1_767_225_600_000, confirmed: seq, engine, state },
});

export function journalContract(world: World): void {
  describe('a journal', () => {
    test('gives back the entries after a number, in order and unchanged', async () => {
      const { journal } = world();
      const run = someRunId();
      const entries = [entry(1), entry(2, { events: [completed(300)] }), entry(3, { events: [] })];
      for (const appended of entries) expect(await journal.append(run, appended)).toEqual({ appended: true });
      expect(await journal.read(run, 0)).toEqual(entries);
      expect(await journal.read(run, 2)).toEqual([entry(3, { events: [] })]);
      expect(await journal.read(run, 3)).toEqual([]);
      expect(await journal.read(someRunId(), 0)).toEqual([]);
    });

    test('refuses a number that is taken and answers what is there', async () => {
      const { journal } = world();
      const run = someRunId();
      await journal.append(run, entry(1, { turnId: 'first' }));
      const outcome = await journal.append(run, entry(1, { turnId: 'second' }));
      expect(outcome).toEqual({ appended: false, existing: entry(1, { turnId: 'first' }) });
      expect(await journal.read(run, 0)).toEqual([entry(1, { turnId: 'first' })]);
    });

    test('lets exactly one of many writers have a number', async () => {
      const { journal } = world();
      const run = someRunId();
      const writers = Array.from({ length: 8 }, (_, i) => journal.append(run, entry(1, { turnId: `writer-${i}` })));
      const outcomes = await Promise.all(writers);
      expect(outcomes.filter((outcome) => outcome.appended)).toHaveLength(1);
    });

    test('reads a journal of several megabytes to its end', async () => {
      const { journal } = world();
      const run = someRunId();
      const noise = (seq: number) =>
        Array.from({ length: 12_000 }, (_, i) => Math.imul(i + 1, seq * 2_654_435_761) >>> 0).join('');
      const large = (seq: number) =>
        entry(seq, { events: [{ type: 'run_cancelled', reason: noise(seq), by: 'someone' }] });
      for (let seq = 1; seq <= 25; seq++) await journal.append(run, large(seq));
      const read = await journal.read(run, 0);
      expect(read.map(({ seq }) => seq)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
      expect(read[24]).toEqual(large(25));
    });

    test('refuses an entry that no item can hold, as bad data', async () => {
      const { journal } = world();
      const reason = Array.from({ length: 200_000 }, (_, i) => Math.imul(i + 1, 2_654_435_761) >>> 0).join('');
      const huge = entry(1, { events: [{ type: 'run_cancelled', reason, by: 'someone' }] });
      const refused = { code: 'journal_entry_too_large', class: 'data' };
      await expect(journal.append(someRunId(), huge)).rejects.toMatchObject(refused);
    });

    test('keeps the newer snapshot, whichever is written last', async () => {
      const { journal } = world();
      const run = someRunId();
      expect(await journal.readSnapshot(run)).toBeUndefined();
      await journal.writeSnapshot(run, snapshot(5));
      await journal.writeSnapshot(run, snapshot(3));
      expect(await journal.readSnapshot(run)).toEqual(snapshot(5));
      await journal.writeSnapshot(run, snapshot(7));
      expect(await journal.readSnapshot(run)).toEqual(snapshot(7));
    });

    test('replaces a snapshot of the same number by another engine', async () => {
      const { journal } = world();
      const run = someRunId();
      await journal.writeSnapshot(run, snapshot(5, { old: true }, 1));
      await journal.writeSnapshot(run, snapshot(5, { old: false }, 2));
      expect(await journal.readSnapshot(run)).toEqual(snapshot(5, { old: false }, 2));
    });

    test('keeps a snapshot that is larger than an item', async () => {
      const { journal } = world();
      const run = someRunId();
      const state = { tasks: Array.from({ length: 40_000 }, (_, i) => ({ id: `task-${i}`, done: i % 3 === 0 })) };
      await journal.writeSnapshot(run, snapshot(9, state));
      expect(await journal.readSnapshot(run)).toEqual(snapshot(9, state));
    });

    test('reads archived entries from their blob, and those after them from where they are', async () => {
      const { journal, blobs } = world();
      const run = someRunId();
      for (const seq of [1, 2, 3]) await journal.append(run, entry(seq));
      await journal.writeSnapshot(run, snapshot(2));
      const whole = await journal.read(run, 0);
      const ref = await blobs.put(`${ARCHIVE_PREFIX}/acme`, asJson({ run_id: run, entries: whole }));
      await journal.archive(run, 3, ref);
      expect(await journal.read(run, 0)).toEqual(whole);
      expect(await journal.read(run, 2)).toEqual(whole.slice(2));
      expect(await journal.read(run, 3)).toEqual([]);
      expect(await journal.readSnapshot(run)).toBeUndefined();
      expect(await journal.append(run, entry(4))).toEqual({ appended: true });
      expect(await journal.append(run, entry(4, { turnId: 'late' }))).toEqual({ appended: false, existing: entry(4) });
      expect((await journal.read(run, 0)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
      await journal.archive(run, 3, ref);
      expect((await journal.read(run, 2)).map(({ seq }) => seq)).toEqual([3, 4]);
    });

    test('archives what was appended since, and goes back to no earlier archive', async () => {
      const { journal, blobs } = world();
      const run = someRunId();
      const put = async () =>
        blobs.put(`${ARCHIVE_PREFIX}/acme`, asJson({ run_id: run, entries: await journal.read(run, 0) }));
      await journal.append(run, entry(1));
      const first = await put();
      await journal.archive(run, 1, first);
      await journal.append(run, entry(2));
      await journal.archive(run, 2, await put());
      await journal.archive(run, 1, first);
      expect((await journal.read(run, 0)).map(({ seq }) => seq)).toEqual([1, 2]);
    });
  });
}
