import type { BudgetRef } from '../../contracts/budget.ts';
import type { NonRecoverableError } from '../../contracts/errors.ts';
import { accountKey, ownerText } from './account-key.ts';
import { budgetExhausted } from './guard.ts';

/** Work that much further below its budgets: 0 for itself, 1 for what it delegates. Undefined when it is not too deep. */
export function depthFault(refs: readonly BudgetRef[], below: number): NonRecoverableError | undefined {
  const over = refs.find(({ budget, depth }) => budget.depth !== undefined && depth + below > budget.depth);
  if (!over) return undefined;
  const owner = ownerText(accountKey('', over));
  const message = `the budget of ${owner} allows work ${over.budget.depth} deep, and this would be ${over.depth + below}`;
  return budgetExhausted(message, { budget: over.id, used_up: 'depth' });
}
