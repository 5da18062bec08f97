import { DataError, MusterError } from '../contracts/errors.ts';
import { openDocuments } from '../workflow/documents.ts';
import type { JournalEntry } from '../workflow/journal.ts';
import { unknownRun } from './read-fold.ts';
import type { RunReadPorts } from './view-ports.ts';

/**
 * A run's journal from its first entry on, documents opened, wherever it lies by now.
 * @throws DataError `unknown_run`, `not_begun`, or `unreadable_journal` when another version has written it
 */
export async function readJournal({ journal, runs, blobs }: RunReadPorts, runId: string): Promise<JournalEntry[]> {
  const entries = await journal.read(runId, 0);
  if (entries.length > 0) {
    return openDocuments(entries, (ref) => blobs.get(ref)).catch((error: unknown) => {
      throw error instanceof MusterError ? error : unreadable(runId, error);
    });
  }
  if (await runs.get(runId)) throw new DataError('not_begun', `run ${runId} has not begun: its journal is empty`);
  throw unknownRun(runId);
}

function unreadable(runId: string, cause: unknown): DataError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DataError('unreadable_journal', `run ${runId} can't be replayed: ${reason}`.slice(0, 2_000));
}

/**
 * The entry that somebody names, or the last; 0 is before the first.
 * @throws DataError `unknown_entry`
 */
export function entryAt(entries: readonly JournalEntry[], given: number | undefined): number {
  const last = entries.at(-1)?.seq ?? 0;
  if (given === undefined) return last;
  if (Number.isInteger(given) && given >= 0 && given <= last) return given;
  throw new DataError('unknown_entry', `the journal has no entry ${given}: its entries are 1 to ${last}`, {
    field: 'at',
  });
}
