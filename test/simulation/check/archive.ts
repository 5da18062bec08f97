import { ARCHIVE_PREFIX } from '../../../lambdas/contracts/blob.ts';
import type { RunRecord } from '../../../lambdas/runtime/ports.ts';
import { openDocuments } from '../../../lambdas/workflow/documents.ts';
import type { ArchivedJournal, JournalEntry } from '../../../lambdas/workflow/journal.ts';
import { snapshotText, stateAt } from '../../../lambdas/workflow/replay.ts';
import { snapshotState } from '../../../lambdas/workflow/snapshot.ts';
import { does } from '../plan-history.ts';
import type { PlayedHistory } from '../played.ts';

const ENDED = ['completed', 'failed', 'cancelled'];

/**
 * What lies in the archive is what was written, and all that is needed to read it: other blobs are forgotten here before
 * it is read. So it must come last.
 */
export async function checkArchive(history: PlayedHistory): Promise<string[]> {
  const { plan, platform, busy, notes } = history;
  if (!does(plan, 'archive') || busy !== undefined) return [];
  const { runs, objects, blobs } = platform.world;
  const written = Map.groupBy(notes.commits, ({ id }) => id);
  const archived: Array<{ readonly record: RunRecord; readonly entries: readonly JournalEntry[] }> = [];
  const faults: string[] = [];
  for (const record of await runs.list('default', 1_000)) {
    if (!ENDED.includes(record.status)) continue;
    const stored = (written.get(record.runId) ?? []).map(({ text = 'null' }) => JSON.parse(text) as JournalEntry);
    const entries = await openDocuments(stored, (ref) => blobs.get(ref));
    if (record.archived) archived.push({ record, entries });
    else faults.push(`L: ${record.runId} has ${record.status}, and was never archived`);
  }
  for (const key of [...objects.keys()]) if (!key.startsWith(`${ARCHIVE_PREFIX}/`)) objects.delete(key);
  const compared = archived.map(({ record, entries }) => compare(record, entries, history).catch(unreadable(record)));
  return [...faults, ...(await Promise.all(compared)).flat()];
}

const unreadable =
  ({ runId }: RunRecord) =>
  (error: unknown): string[] => [`M: ${runId} can't be read from the archive: ${String(error)}`];

async function compare(
  { runId, archived }: RunRecord,
  written: readonly JournalEntry[],
  { platform }: PlayedHistory,
): Promise<string[]> {
  const { journal, objects, blobs } = platform.world;
  const faults: string[] = [];
  const expected = snapshotText(written);
  const held = JSON.parse(objects.get(archived?.key ?? '') ?? 'null') as ArchivedJournal | null;
  // What was said to it since lies in the journal.
  const moved = held?.entries ?? [];
  const isWhole = moved.length > 0 && snapshotText(moved) === snapshotText(written.slice(0, moved.length));
  if (!isWhole) faults.push(`M: the archive of ${runId} is not what was written`);
  const read = await openDocuments(await journal.read(runId, 0), (ref) => blobs.get(ref));
  if (snapshotText(read) !== expected) faults.push(`M: ${runId} reads otherwise from the archive than it was written`);
  const [before, after] = [written, read].map((entries) => snapshotText(snapshotState(stateAt(runId, entries))));
  if (before !== after) faults.push(`M: the state of ${runId} is another once it is archived`);
  objects.delete(archived?.key ?? '');
  const left = await journal.read(runId, 0).catch(() => []);
  if (left.length > 0) faults.push(`L: ${runId} counts as archived, and still lies where it was`);
  return faults;
}
