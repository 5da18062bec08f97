import type { BudgetRef } from '../contracts/budget.ts';
import type { TenantLimits } from '../contracts/tenants.ts';

const DAY_MS = 86_400_000;

/**
 * What a tenant may use of models in a day, as a budget that all its runs of that day share, with all that is inside of
 * them. It is reserved before each call like every other budget, so it is never passed, whoever calls at the same time.
 */
export function dailyBudget({ tokensPerDay }: TenantLimits, now: number): BudgetRef[] {
  if (tokensPerDay === undefined) return [];
  const since = Math.floor(now / DAY_MS) * DAY_MS;
  const day = new Date(since).toISOString().slice(0, 10);
  return [{ id: `day-${day}`, budget: { tokens: tokensPerDay, atLimit: 'stop' }, since, depth: 0 }];
}
