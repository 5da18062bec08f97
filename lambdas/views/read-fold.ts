import { DataError } from '../contracts/errors.ts';
import { openDocuments } from '../workflow/documents.ts';
import { UnknownEvent } from '../workflow/evolve.ts';
import { foldEntries, newFold, type RunFold } from './run-fold.ts';
import { type RunView, viewOf } from './run-view.ts';
import type { RunReadPorts } from './view-ports.ts';

/**
 * The fold after what the journal has gained since.
 * @throws DataError `unreadable_journal` when a newer Muster has written it
 */
export async function readFurther({ journal, blobs }: Omit<RunReadPorts, 'runs'>, fold: RunFold): Promise<RunFold> {
  const entries = await journal.read(fold.state.runId, fold.seq);
  if (entries.length === 0) return fold;
  try {
    return foldEntries(fold, await openDocuments(entries, (ref) => blobs.get(ref)));
  } catch (error) {
    if (!(error instanceof UnknownEvent)) throw error;
    throw new DataError('unreadable_journal', `this run was written by a newer version of Muster: ${error.message}`);
  }
}

/** A run, and from where to read on. @throws DataError `unknown_run` */
export async function readFold(ports: RunReadPorts, runId: string): Promise<{ fold: RunFold; view: RunView }> {
  const fold = await readFurther(ports, newFold(runId));
  const view = viewOf(fold);
  if (view.status !== 'requested') return { fold, view };
  const record = await ports.runs.get(runId);
  if (!record) throw unknownRun(runId);
  return {
    fold,
    view: {
      ...view,
      workflow: record.workflow,
      status: record.status,
      ...(record.endedAt !== undefined && { endedAt: record.endedAt }),
      ...(record.error && { error: record.error }),
    },
  };
}

export const unknownRun = (runId: string): DataError => new DataError('unknown_run', `there is no run ${runId}`);
