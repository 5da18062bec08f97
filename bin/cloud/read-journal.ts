import { entryAt, readJournal as readJournalOf } from '../../lambdas/views/read-journal.ts';
import type { JournalEntry } from '../../lambdas/workflow/journal.ts';
import { CliError } from '../cli-error.ts';
import { explained, explainedAtOnce } from './explained.ts';
import type { Session } from './session.ts';

/**
 * A run's journal from its first entry on, documents opened, wherever it lies by now.
 * @throws CliError when the run is unknown or has not begun, or another version has written its journal
 */
export const readJournal = (
  session: Pick<Session, 'journal' | 'runs' | 'blobs'>,
  runId: string,
): Promise<JournalEntry[]> => explained(readJournalOf(session, runId));

/**
 * The entry that a person names, or the last.
 * @throws CliError when there is none with this number
 */
export function entryNumber(entries: readonly JournalEntry[], given: string | undefined): number {
  if (given !== undefined && !/^\d+$/.test(given.trim())) {
    const next = `its entries are 1 to ${entries.at(-1)?.seq ?? 0}; 0 is before the first`;
    throw new CliError(`the journal has no entry ${given}`, next);
  }
  return explainedAtOnce(() => entryAt(entries, given === undefined ? undefined : Number(given)));
}
