import type { BudgetRef } from '../../contracts/budget.ts';
import type { AccountKey } from './accounts.ts';

/** Where the account of a budget is: its id is a run's, or `run/part`. */
export function accountKey(tenant: string, { id }: Pick<BudgetRef, 'id'>): AccountKey {
  const slash = id.indexOf('/');
  return slash < 0 ? { tenant, runId: id, part: '' } : { tenant, runId: id.slice(0, slash), part: id.slice(slash + 1) };
}

/** Whose budget it is, for people. */
export function ownerText({ runId, part }: Pick<AccountKey, 'runId' | 'part'>): string {
  // What a plan gives its tenant for a day.
  if (runId.startsWith('day-')) return `the tenant on ${runId.slice('day-'.length)}`;
  if (part === '') return `run ${runId.slice(0, 12)}`;
  const [task = '', agent] = part.split('@');
  return agent === undefined ? `task "${task}"` : `agent ${agent} at task "${task}"`;
}
