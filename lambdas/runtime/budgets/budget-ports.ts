import type { BudgetRef } from '../../contracts/budget.ts';
import type { Stops } from '../ports.ts';
import type { Account, AccountKey, Accounts } from './accounts.ts';
import type { Amounts, Limits } from './amounts.ts';

/** What budgets need of the world. */
export interface BudgetPorts {
  readonly accounts: Accounts;
  readonly stops: Pick<Stops, 'on'>;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
}

/** A budget that bounds money, tokens or calls, and its account. */
export interface Counted {
  readonly ref: BudgetRef;
  readonly key: AccountKey;
  readonly limits: Limits;
}

/** Why a call can't be had now. */
export interface Refusal extends Counted {
  readonly account: Account;
  readonly wanted: Amounts;
}
