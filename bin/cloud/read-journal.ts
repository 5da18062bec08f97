import { MusterError } from '../../lambdas/contracts/errors.ts';
import { openDocuments } from '../../lambdas/workflow/documents.ts';
import type { JournalEntry } from '../../lambdas/workflow/journal.ts';
import { CliError } from '../cli-error.ts';
import type { Session } from './session.ts';

/**
 * A run's journal from its first entry on, documents opened, wherever it lies by now.
 * @throws CliError when the run is unknown or has not begun, or another version has written its journal
 */
export async function readJournal(
  { journal, runs, blobs }: Pick<Session, 'journal' | 'runs' | 'blobs'>,
  runId: string,
): Promise<JournalEntry[]> {
  const entries = await journal.read(runId, 0);
  if (entries.length > 0) {
    return openDocuments(entries, (ref) => blobs.get(ref)).catch((error: unknown) => {
      throw error instanceof MusterError ? error : unreadable(runId, error);
    });
  }
  const record = await runs.get(runId);
  if (record)
    throw new CliError(`run ${runId} has not begun: its journal is empty`, `look at "muster status ${runId}"`);
  throw new CliError(`there is no run ${runId}`, 'list them with "muster runs"');
}

function unreadable(runId: string, cause: unknown): CliError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const next = 'another version has written this journal: use the command line of that version';
  return new CliError(`run ${runId} can't be replayed: ${reason}`, next, { cause });
}

/**
 * The entry that a person names, or the last.
 * @throws CliError when there is none with this number
 */
export function entryNumber(entries: readonly JournalEntry[], given: string | undefined): number {
  const last = entries.at(-1)?.seq ?? 0;
  if (given === undefined) return last;
  const seq = Number(given);
  if (given.trim() !== '' && Number.isInteger(seq) && seq >= 0 && seq <= last) return seq;
  throw new CliError(`the journal has no entry ${given}`, `its entries are 1 to ${last}; 0 is before the first`);
}
