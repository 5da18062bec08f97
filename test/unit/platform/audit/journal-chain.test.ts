import { describe, expect, test } from '@jest/globals';
import { memoryBlobs } from '../../../../lambdas/adapters/memory/memory-blobs.ts';
import { memoryJournal } from '../../../../lambdas/adapters/memory/memory-journal.ts';
import { memoryTable } from '../../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../../lambdas/adapters/memory/meter.ts';
import { checkJournal } from '../../../../lambdas/audit/verify-journal.ts';
import { createRunStore } from '../../../../lambdas/platform/coordinator/run-store.ts';
import { openDocuments } from '../../../../lambdas/workflow/documents.ts';
import type { RunEvent } from '../../../../lambdas/workflow/events.ts';
import type { JournalEntry } from '../../../../lambdas/workflow/journal.ts';
import { chainStart, digested, documentDigest, entryHash } from '../../../../lambdas/workflow/journal-chain.ts';
import { newRun } from '../../../../lambdas/workflow/state.ts';

const RUN = `run_${'1'.repeat(40)}`;
const never = (): Promise<never> => Promise.reject(new Error('nothing is to be fetched'));
const refused = (messageId: string): RunEvent => ({ type: 'message_refused', messageId, code: 'c', reason: 'r' });
const entry = (seq: number, more: Partial<JournalEntry> = {}): JournalEntry => ({
  ...{ seq, turnId: `turn ${seq}`, at: 1_000 + seq, confirmed: seq - 1, events: [refused(`m${seq}`)] },
  ...more,
});

function world() {
  const meter = createMeter();
  const blobs = memoryBlobs(meter);
  const journal = memoryJournal(memoryTable(meter), blobs);
  return { blobs, journal, store: () => createRunStore(journal, blobs) };
}

describe("the hash of a journal's entry", () => {
  test('is the same wherever its documents lie', async () => {
    const definition = { name: 'w', version: 1, tasks: [{ id: 'a', type: 'x.y' }] };
    const tasks = (document: object) => [{ type: 'tasks_added', by: 0, tasks: document }] as unknown as RunEvent[];
    const inline = await digested(tasks({ value: [definition] }), never);
    const away = { ref: { key: 'k', bytes: 1, sha256: 'f'.repeat(64) } };
    expect(await digested(tasks({ ...away, digest: documentDigest([definition]) }), never)).toEqual(inline);
    expect(await digested(tasks(away), async () => [definition])).toEqual(inline);
  });

  test('does not depend on the order of fields, which stores may change', () => {
    const [one, other] = [
      { a: 1, b: [{ c: 2, d: 3 }] },
      { b: [{ d: 3, c: 2 }], a: 1 },
    ];
    expect(entryHash('p', entry(1), [one])).toBe(entryHash('p', entry(1), [other]));
  });

  test.each([
    ['the entry before', entryHash('q', entry(1), [])],
    ['its number', entryHash('p', entry(2, { turnId: 'turn 1', at: 1_001, confirmed: 0 }), [])],
    ['its turn', entryHash('p', entry(1, { turnId: 'other' }), [])],
    ['its time', entryHash('p', entry(1, { at: 5 }), [])],
    ['what was confirmed', entryHash('p', entry(1, { confirmed: 7 }), [])],
    ['who was heard', entryHash('p', entry(1, { heard: [['m', 'a', 't', 2]] }), [])],
    ['its events', entryHash('p', entry(1), [1])],
  ])('depends on %s', (_, hash) => {
    expect(hash).not.toBe(entryHash('p', entry(1), []));
  });
});

describe('a journal', () => {
  test('is chained from its first entry on, by whatever coordinator', async () => {
    const { journal, blobs, store } = world();
    for (const seq of [1, 2, 3]) {
      // Each in a new container, which has nothing but what is stored.
      const runs = store();
      const outcome = await runs.append(await runs.load(RUN), entry(seq), newRun(RUN));
      expect(outcome.appended && outcome.entry.hash).toMatch(/^[0-9a-f]{64}$/);
    }
    const entries = await journal.read(RUN, 0);
    let previous = chainStart(RUN);
    for (const one of entries) {
      previous = entryHash(previous, one, one.events);
      expect(one.hash).toBe(previous);
    }
    expect(await checkJournal(RUN, entries, [], (ref) => blobs.get(ref))).toEqual([]);
  });

  test('of before there were hashes is chained all the same: who changes its old entries is found', async () => {
    const { journal, store } = world();
    for (const seq of [1, 2]) await journal.append(RUN, entry(seq));
    const runs = store();
    await runs.append(await runs.load(RUN), entry(3), newRun(RUN));
    const entries = await journal.read(RUN, 0);
    expect(entries.map(({ hash }) => hash !== undefined)).toEqual([false, false, true]);
    expect(await checkJournal(RUN, entries, [], never)).toEqual([]);
    const changed = entries.map((one) => (one.seq === 1 ? { ...one, events: [refused('forged')] } : one));
    expect(await checkJournal(RUN, changed, [], never)).toEqual([expect.objectContaining({ code: 'changed', seq: 3 })]);
  });

  test('is not taken up from a snapshot that has no hash', async () => {
    const { journal, store } = world();
    for (const seq of [1, 2]) await journal.append(RUN, entry(seq));
    await journal.writeSnapshot(RUN, { seq: 2, at: 1_002, confirmed: 2, engine: 1, state: {} });
    const runs = store();
    await runs.append(await runs.load(RUN), entry(3), newRun(RUN));
    expect(await checkJournal(RUN, await journal.read(RUN, 0), [], never)).toEqual([]);
  });

  test('is taken up from a snapshot that has one', async () => {
    const { journal, store } = world();
    for (let seq = 1; seq <= 60; seq += 1) {
      const runs = store();
      const outcome = await runs.append(await runs.load(RUN), entry(seq), newRun(RUN));
      if (outcome.appended) await runs.confirm(RUN, (await runs.load(RUN)).owed);
    }
    expect((await journal.readSnapshot(RUN))?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await checkJournal(RUN, await journal.read(RUN, 0), [], never)).toEqual([]);
  });

  test('that was archived, its documents opened, has the hashes that it had', async () => {
    const { journal, blobs, store } = world();
    const large = 'x'.repeat(200_000);
    const runs = store();
    const expanded: RunEvent = { type: 'items_expanded', task: 0, items: { value: [large] } };
    const append = runs.append(await runs.load(RUN), entry(1, { events: [expanded] }), newRun(RUN));
    await append;
    const stored = await journal.read(RUN, 0);
    expect(JSON.stringify(stored)).not.toContain(large);
    const opened = await openDocuments(stored, (ref) => blobs.get(ref));
    expect(JSON.stringify(opened)).toContain(large);
    expect(await checkJournal(RUN, opened, [], never)).toEqual([]);
    expect(await checkJournal(RUN, stored, [], never)).toEqual([]);
  });
});
