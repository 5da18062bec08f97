import { type Budget, isBounded } from '../contracts/budget.ts';
import { fault } from './check-fault.ts';

/** @throws DataError `invalid_budget` when it bounds nothing */
export function checkBudget(whose: string, field: string, budget: Budget | undefined): void {
  if (!budget || isBounded(budget)) return;
  const reason = `the budget of ${whose} bounds nothing: give it one of usd, tokens, calls, depth, seconds`;
  throw fault('invalid_budget', field, reason);
}
