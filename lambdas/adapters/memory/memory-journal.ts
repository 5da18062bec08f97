import type { Blobs } from '../../runtime/ports.ts';
import type { RunEvent } from '../../workflow/events.ts';
import type { Journal, JournalArchive } from '../../workflow/journal.ts';
import { encodeArchiveMark, entriesIn } from '../items/archive-items.ts';
import { type Item, itemBytes, readNumber } from '../items/attributes.ts';
import { decodeEntry, encodeEntry } from '../items/journal-items.ts';
import { snapshotItem, snapshotOf } from '../items/snapshot-state.ts';
import type { MemoryTable } from './memory-table.ts';

/** The journal in memory. Entries are kept encoded, as DynamoDB would have them, so nobody shares an object. */
export function memoryJournal<E = RunEvent>(table: MemoryTable, blobs: Blobs): Journal<E> & JournalArchive {
  const entries = new Map<string, Item[]>();
  const snapshots = new Map<string, Item>();
  /** Where entries lie that are no longer here. */
  const marks = new Map<string, Item>();
  const entriesOf = (runId: string): Item[] => {
    const known = entries.get(runId) ?? [];
    entries.set(runId, known);
    return known;
  };
  return {
    // By position instead of by key range: a run's entries have no gaps, and long runs are read at every turn.
    read: async (runId, after) => {
      const mark = marks.get(runId);
      const first = mark ? readNumber(mark, 'q') : 0;
      const found = [...entriesOf(runId).slice(Math.max(0, after - first)), ...(mark ? [mark] : [])];
      table.billRead(
        found.reduce((sum, item) => sum + itemBytes(item), 0),
        true,
      );
      return entriesIn<E>(found, after, blobs);
    },

    append: async (runId, entry) => {
      const item = encodeEntry(runId, entry);
      const run = entriesOf(runId);
      table.billWrite(item);
      const mark = marks.get(runId);
      const first = mark ? readNumber(mark, 'q') : 0;
      const existing = run[entry.seq - first - 1];
      if (existing) return { appended: false, existing: decodeEntry<E>(existing) };
      if (entry.seq !== first + run.length + 1) {
        throw new RangeError(`entry ${entry.seq} of ${runId} would leave a gap after ${first + run.length}`);
      }
      run.push(item);
      return { appended: true };
    },

    readSnapshot: async (runId) => {
      const item = snapshots.get(runId);
      table.billRead(item ? itemBytes(item) : 0, false);
      return item && snapshotOf(item, blobs);
    },

    writeSnapshot: async (runId, snapshot) => {
      const item = await snapshotItem(runId, snapshot, blobs);
      table.billWrite(item);
      const kept = snapshots.get(runId);
      const newer = !kept || readNumber(kept, 'q') < snapshot.seq;
      const refolded = kept && readNumber(kept, 'q') === snapshot.seq && readNumber(kept, 'g') !== snapshot.engine;
      if (newer || refolded) snapshots.set(runId, item);
    },

    archive: async (runId, upTo, ref) => {
      const before = marks.get(runId);
      const first = before ? readNumber(before, 'q') : 0;
      if (upTo < first) return;
      const mark = encodeArchiveMark(runId, upTo, ref);
      table.billWrite(mark);
      const gone = entriesOf(runId).splice(0, upTo - first);
      for (const item of gone) table.billWrite(item);
      snapshots.delete(runId);
      marks.set(runId, mark);
    },
  };
}
