import type { UpstreamValue } from '../../lambdas/contracts/blob.ts';
import type { Json } from '../../lambdas/contracts/json.ts';
import { readJournal } from '../cloud/read-journal.ts';
import { findRun } from '../cloud/run-reader.ts';
import { type Session, withSession } from '../cloud/session.ts';
import { diffText } from '../views/diff-display.ts';
import { type ComparedRun, diffRuns } from '../views/run-diff.ts';
import { foldEntries, newFold } from '../views/run-fold.ts';
import { viewOf } from '../views/run-view.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

/** `muster diff RUN1 RUN2`: task by task. */
export function diff(one: string, other: string, options: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const first = await comparedRun(session, await findRun(session, one));
    const second = await comparedRun(session, await findRun(session, other));
    const found = diffRuns(first, second);
    if (options.json) return printJson(found);
    print(diffText(found));
  });
}

/** A run with everything that a comparison looks at. @throws CliError when there is no such run */
export async function comparedRun(
  session: Pick<Session, 'journal' | 'runs' | 'blobs'>,
  runId: string,
): Promise<ComparedRun> {
  const entries = await readJournal(session, runId);
  const fold = foldEntries(newFold(runId), entries);
  const results = new Map<string, Json>();
  for (const { id, result } of viewOf(fold).tasks) if (result) results.set(id, await opened(session, result));
  return { runId, entries, fold, results };
}

/** A result that is gone from the blob bucket by now still has its digest. */
async function opened(session: Pick<Session, 'blobs'>, result: UpstreamValue): Promise<Json> {
  if ('list' in result) return Promise.all(result.list.map((item) => (item === null ? null : opened(session, item))));
  if ('value' in result) return result.value;
  return session.blobs.get(result.ref).catch(() => ({ gone: result.ref.sha256 }));
}
