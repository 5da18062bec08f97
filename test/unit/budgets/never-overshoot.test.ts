import { describe, expect, test } from '@jest/globals';
import { accountKey } from '../../../lambdas/runtime/budgets/account-key.ts';
import type { Account, Accounts } from '../../../lambdas/runtime/budgets/accounts.ts';
import { type Budgets, budgetExhausted } from '../../../lambdas/runtime/budgets/guard.ts';
import { spendTree } from '../../support/budgets/spend-tree.ts';

const TOKENS = 100_000;
const tree = { agents: 200, callsEach: 3, tokens: TOKENS };

/** What every account owes at the end: nothing has come from nowhere, and nothing has gone there. */
function expectBalanced({ limit, left, held, spent }: Account): void {
  expect((left.tokens ?? 0) + held.tokens + spent.tokens).toBe(limit.tokens);
  expect(left.tokens).toBeGreaterThanOrEqual(0);
}

describe('200 agents in one tree', () => {
  test('use up one budget between them, and never a token more', async () => {
    const { overshoot, charged, account, exhausted } = await spendTree({ ...tree, seed: 1, crash: 0 });
    expect(overshoot).toBe(0);
    expectBalanced(account);
    expect([account.held.tokens, account.spent.tokens]).toEqual([0, charged]);
    // They give up only when less is left than one more call may take, however much others held on the way.
    expect(account.left.tokens).toBeLessThan(1_000);
    expect(exhausted).toBeGreaterThan(0);
  });

  test('all finish when there is enough, although their upper bounds together are more than that', async () => {
    const { finished, exhausted } = await spendTree({ ...tree, seed: 2, crash: 0, tokens: 400_000 });
    expect({ finished, exhausted }).toEqual({ finished: 200, exhausted: 0 });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'never overshoot it while their processes die at any await (seed %i)',
    async (seed) => {
      const { overshoot, crashes, charged, account, parts } = await spendTree({ ...tree, seed, crash: 0.03 });
      expect(crashes).toBeGreaterThan(20);
      expect(overshoot).toBe(0);
      for (const one of [account, ...parts]) expectBalanced(one);
      // What died is lost: it counts as spent in full, so at least what it was charged for.
      expect(charged).toBeLessThanOrEqual(account.spent.tokens + account.held.tokens);
      expect(account.held.tokens).toBeGreaterThan(0);
    },
  );

  test('would overshoot it if calls were counted only once they are over: the checks can fail', async () => {
    const { overshoot } = await spendTree({ ...tree, seed: 1, crash: 0, guard: checkThenAct });
    expect(overshoot).toBeGreaterThan(10_000);
  });
});

/** What others do: look at what was spent, call, and count afterwards. */
function checkThenAct(accounts: Accounts): Budgets {
  return (work) => {
    const [shared] = work.budgets;
    if (!shared) throw new Error('this tree shares a budget');
    const key = accountKey(work.tenant, shared);
    const limits = { tokens: shared.budget.tokens ?? 0 };
    return {
      check: async () => {},
      reserve: async () => {
        const account = await accounts.read(key);
        if (account && (account.left.tokens ?? 0) < 1_000) throw budgetExhausted('used up', {});
        return {
          release: async () => {},
          settle: async ({ output_tokens: tokens }) => {
            const used = { micros: 0, tokens, calls: 1 };
            await accounts.take(key, limits, used, work.deadline);
            await accounts.settle(key, limits, used, used);
          },
        };
      },
    };
  };
}
