import { ALL_TENANTS } from '../../lambdas/contracts/control.ts';
import type { RunRecord } from '../../lambdas/runtime/ports.ts';
import type { Session } from './session.ts';

const AT_ONCE = 25;

/** Every run of a tenant, or of all, that has not ended. */
export async function openRunsOf({ runs }: Pick<Session, 'runs'>, scope: string): Promise<RunRecord[]> {
  const ids: string[] = [];
  let page = await runs.open();
  for (; page.next !== undefined; page = await runs.open(page.next)) ids.push(...page.runIds);
  ids.push(...page.runIds);
  const open: RunRecord[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const records = await Promise.all(ids.slice(from, from + AT_ONCE).map((runId) => runs.get(runId)));
    for (const record of records) if (record && isOpen(record, scope)) open.push(record);
  }
  return open;
}

function isOpen({ status, tenant }: RunRecord, scope: string): boolean {
  return (status === 'requested' || status === 'running') && (scope === ALL_TENANTS || tenant === scope);
}
