import { listedRuns } from '../../lambdas/views/list-runs.ts';
import type { ListedRun } from '../../lambdas/views/run-causes.ts';
import { explained } from './explained.ts';
import type { Session } from './session.ts';

/** The latest runs of a tenant, newest first. */
export async function listRuns(
  session: Pick<Session, 'runs' | 'journal' | 'blobs'>,
  tenant: string,
  limit: number,
): Promise<ListedRun[]> {
  return explained(listedRuns(session, await session.runs.list(tenant, limit)));
}
