import { type ListedRun, listed } from '../views/run-causes.ts';
import { newFold } from '../views/run-fold.ts';
import { viewOf } from '../views/run-view.ts';
import { readFurther } from './run-reader.ts';
import type { Session } from './session.ts';

const AT_ONCE = 10;

/** The latest runs of a tenant, newest first. Their records do not say whether they are paused; their journals do. */
export async function listRuns(
  session: Pick<Session, 'runs' | 'journal' | 'blobs'>,
  tenant: string,
  limit: number,
): Promise<ListedRun[]> {
  const records = await session.runs.list(tenant, limit);
  const runs: ListedRun[] = [];
  for (let from = 0; from < records.length; from += AT_ONCE) {
    const some = records.slice(from, from + AT_ONCE).map(async (record) => {
      if (record.status !== 'running') return record;
      return listed(record, viewOf(await readFurther(session, newFold(record.runId))));
    });
    runs.push(...(await Promise.all(some)));
  }
  return runs;
}
