import type { UpstreamValue } from '../contracts/blob.ts';
import type { Json } from '../contracts/json.ts';
import type { Blobs } from '../runtime/ports.ts';
import { readJournal } from './read-journal.ts';
import type { ComparedRun } from './run-diff.ts';
import { foldEntries, newFold } from './run-fold.ts';
import { viewOf } from './run-view.ts';
import type { RunReadPorts } from './view-ports.ts';

/** A run with everything that a comparison looks at. @throws DataError as {@link readJournal} */
export async function comparedRun(ports: RunReadPorts, runId: string): Promise<ComparedRun> {
  const entries = await readJournal(ports, runId);
  const fold = foldEntries(newFold(runId), entries);
  const results = new Map<string, Json>();
  for (const { id, result } of viewOf(fold).tasks) if (result) results.set(id, await opened(ports.blobs, result));
  return { runId, entries, fold, results };
}

/** A result that is gone from the blob bucket by now still has its digest. */
async function opened(blobs: Pick<Blobs, 'get'>, result: UpstreamValue): Promise<Json> {
  if ('list' in result) return Promise.all(result.list.map((item) => (item === null ? null : opened(blobs, item))));
  if ('value' in result) return result.value;
  return blobs.get(result.ref).catch(() => ({ gone: result.ref.sha256 }));
}
