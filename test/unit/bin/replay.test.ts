import { describe, expect, test } from '@jest/globals';
import { entryNumber, readJournal } from '../../../bin/cloud/read-journal.ts';
import { replayOf } from '../../../bin/views/replay.ts';
import { memoryWorld } from '../../../lambdas/adapters/memory/memory-world.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import { stateAt } from '../../../lambdas/workflow/replay.ts';
import { snapshotState } from '../../../lambdas/workflow/snapshot.ts';
import { ENGINE_VERSION } from '../../../lambdas/workflow/state.ts';
import { RUN_ID } from '../../support/factories.ts';
import { completed, dispatched, entries, started } from './journal.ts';

const journal = entries([started([{ id: 'a', type: 'etl.load' }]), dispatched(0)], [completed(0)]);
const snapshotAt = (seq: number, engine = ENGINE_VERSION) => ({
  ...{ seq, at: seq * 1_000, confirmed: seq, engine },
  state: JSON.parse(JSON.stringify(snapshotState(stateAt(RUN_ID, journal, seq)))) as { open: number },
});

describe('muster replay', () => {
  test('says that the stored snapshot of the same entry is the same', () => {
    const replayed = replayOf(RUN_ID, journal, 1, snapshotAt(1));
    expect(replayed).toMatchObject({ at: 1, entries: 2, snapshot: { same: true } });
    expect(replayed.snapshot?.sha256).toBe(replayed.sha256);
  });

  test('says that a snapshot is another state, if only a number in it differs', () => {
    const stored = snapshotAt(1);
    const spoiled = { ...stored, state: { ...stored.state, open: 7 } };
    expect(replayOf(RUN_ID, journal, 1, spoiled).snapshot?.same).toBe(false);
  });

  test('compares with no snapshot of another entry, or that another engine has made', () => {
    expect(replayOf(RUN_ID, journal, 2, snapshotAt(1)).snapshot).toBeUndefined();
    expect(replayOf(RUN_ID, journal, 1, snapshotAt(1, ENGINE_VERSION - 1)).snapshot).toBeUndefined();
  });

  test('refuses entries that are not there', () => {
    expect(entryNumber(journal, undefined)).toBe(2);
    expect(entryNumber(journal, '0')).toBe(0);
    for (const given of ['3', '-1', '1.5', 'last', ''])
      expect(() => entryNumber(journal, given)).toThrow(`the journal has no entry ${given}`);
  });

  test('says which version is wanted when the journal holds what this one does not know', () => {
    const newer = { type: 'stars_aligned' } as unknown as RunEvent;
    const future = [...journal, { ...entries([newer], [newer], [newer])[2] }] as typeof journal;
    expect(() => replayOf(RUN_ID, future, 3, undefined)).toThrow(/can't be replayed to entry 3: .*stars_aligned/);
    expect(replayOf(RUN_ID, future, 2, undefined).at).toBe(2);
  });

  test('says that there is no such run', async () => {
    await expect(readJournal(memoryWorld({ clock: virtualClock() }), RUN_ID)).rejects.toThrow('there is no run');
  });
});
