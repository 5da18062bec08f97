import { ARCHIVE_PREFIX } from '../../contracts/blob.ts';
import { MusterError } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import type { Blobs, Clock, Logger, RunRecord, Runs } from '../../runtime/ports.ts';
import { openDocuments } from '../../workflow/documents.ts';
import type { ArchivedJournal, Journal, JournalArchive, JournalEntry } from '../../workflow/journal.ts';

export interface ArchivePorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly runs: Pick<Runs, 'get' | 'endedBefore' | 'setArchived'>;
  readonly journal: Pick<Journal, 'read'> & JournalArchive;
  readonly blobs: Blobs;
  readonly archiveAfterDays: number;
}

/** Runs looked at per call; more wait for the next. */
const MOST_RUNS = 500;
const AT_ONCE = 5;
const DAY_MS = 86_400_000;

export interface Archived {
  readonly archived: number;
  /** Runs that go on again, or are gone. */
  readonly skipped: number;
  readonly failed: number;
}

/**
 * Moves the journals of runs that ended long ago into the archive, one object each. Whoever reads them finds them there
 * without knowing. A run that fails does not keep the others from being moved; the next call tries it again.
 */
export async function archiveRuns(ports: ArchivePorts): Promise<Archived> {
  const counts = { archived: 0, skipped: 0, failed: 0 };
  const before = ports.clock.now() - ports.archiveAfterDays * DAY_MS;
  const runIds = await ports.runs.endedBefore(before, MOST_RUNS);
  for (let from = 0; from < runIds.length; from += AT_ONCE) {
    const outcomes = await Promise.all(runIds.slice(from, from + AT_ONCE).map((runId) => attempt(runId, ports)));
    for (const outcome of outcomes) counts[outcome] += 1;
  }
  ports.logger.info('journals archived', counts);
  return counts;
}

async function attempt(runId: string, ports: ArchivePorts): Promise<keyof Archived> {
  try {
    const run = await ports.runs.get(runId);
    if (!run || run.endedAt === undefined) return 'skipped';
    await archiveRun(run, run.endedAt, ports);
    return 'archived';
  } catch (error) {
    ports.logger.error('journal could not be archived; the next call tries again', { run_id: runId, error });
    return 'failed';
  }
}

/**
 * First the object, then the mark in the journal that leads there, then the entries go, and last the run is no longer
 * one to archive: a crash in between leaves a journal that is whole, and a run that comes again.
 */
async function archiveRun(
  { runId, tenant }: RunRecord,
  endedAt: number,
  { journal, runs, blobs }: ArchivePorts,
): Promise<void> {
  const entries = await withDocuments(await journal.read(runId, 0), blobs);
  const archived: ArchivedJournal = { run_id: runId, entries };
  const ref = await blobs.put(`${ARCHIVE_PREFIX}/${tenant}`, JSON.parse(JSON.stringify(archived)) as Json);
  await journal.archive(runId, entries.at(-1)?.seq ?? 0, ref);
  await runs.setArchived(runId, endedAt, ref);
}

/** Other blobs are forgotten some day; what the fold needs of them is kept. One that is gone already is gone. */
async function withDocuments(entries: JournalEntry[], blobs: Blobs): Promise<JournalEntry[]> {
  try {
    return await openDocuments(entries, (ref) => blobs.get(ref));
  } catch (error) {
    if (error instanceof MusterError && error.code === 'blob_missing') return entries;
    throw error;
  }
}
