import type { AtWork } from '../abilities.ts';
import { accountKey } from './account-key.ts';
import type { Accounts } from './accounts.ts';
import { type Amounts, bounded, limitsOf, microsOf, NOTHING } from './amounts.ts';
import { atLimit } from './at-limit.ts';
import type { BudgetPorts, Counted, Refusal } from './budget-ports.ts';
import { depthFault } from './depth.ts';
import type { Budgets, PlannedCall, Reserved, Spending } from './guard.ts';
import { mindStop } from './stop-check.ts';
import { mindTime } from './wall-time.ts';

/** A reservation that nobody has settled so long after the attempt's time will never be. */
const SETTLING_MS = 5_000;

const FREE: Reserved = { settle: async () => {}, release: async () => {} };

/** Guards what an attempt spends. It never overshoots: every call takes its upper bound first, in all accounts. */
export function createBudgets(ports: BudgetPorts): Budgets {
  return (work) => {
    const chain = countedOf(work);
    const spending: Spending = {
      check: () => mindStop(work, ports.stops),
      async reserve(call) {
        const wanted = { micros: microsOf(call.usd), tokens: Math.ceil(call.tokens), calls: call.calls };
        let order = chain;
        for (let tries = 0; ; tries += 1) {
          await spending.check();
          const tooDeep = depthFault(work.budgets, 0);
          if (tooDeep) throw tooDeep;
          await mindTime(work, call, ports);
          const refused = await takeAll(order, wanted, work, ports.accounts);
          if (!refused) return chain.length === 0 ? FREE : reserved(chain, wanted, call, work, ports.accounts);
          await atLimit(refused, call, tries, work, ports);
          // Whoever has refused is asked first: while that goes on, a try is one request.
          order = [...chain].sort((a, b) => Number(b.ref === refused.ref) - Number(a.ref === refused.ref));
        }
      },
    };
    return spending;
  };
}

/**
 * Each account once, the innermost first: what that refuses has not disturbed those who share the outer ones.
 */
function countedOf({ budgets, tenant }: AtWork): Counted[] {
  const once = new Map(budgets.map((ref) => [ref.id, ref]));
  return [...once.values()]
    .map((ref) => ({ ref, key: accountKey(tenant, ref), limits: limitsOf(ref.budget) }))
    .filter(({ limits }) => bounded(limits).length > 0)
    .reverse();
}

async function takeAll(
  chain: readonly Counted[],
  wanted: Amounts,
  work: AtWork,
  accounts: Accounts,
): Promise<Refusal | undefined> {
  const until = work.deadline + SETTLING_MS;
  for (const [index, counted] of chain.entries()) {
    const before = chain.slice(0, index);
    const refused = await accounts.take(counted.key, counted.limits, wanted, until).catch(async (error: unknown) => {
      await settleAll(before, wanted, NOTHING, work, accounts);
      throw error;
    });
    if (!refused) continue;
    await settleAll(before, wanted, NOTHING, work, accounts);
    return { ...counted, account: refused.refused, wanted };
  }
  return undefined;
}

/** What can't be settled stays taken, which is the safe side: the call's answer must not be lost for it. */
async function settleAll(
  chain: readonly Counted[],
  held: Amounts,
  used: Amounts,
  { logger }: AtWork,
  accounts: Accounts,
): Promise<void> {
  await Promise.all(
    chain.map(async ({ key, limits, ref }) => {
      try {
        await accounts.settle(key, limits, held, used);
      } catch (error) {
        logger.warn('a call could not be settled and counts as spent in full', { budget: ref.id, held, used, error });
      }
    }),
  );
}

function reserved(
  chain: readonly Counted[],
  held: Amounts,
  { calls }: PlannedCall,
  work: AtWork,
  accounts: Accounts,
): Reserved {
  let over = false;
  const end = async (used: Amounts): Promise<void> => {
    if (over) return;
    over = true;
    await settleAll(chain, held, used, work, accounts);
  };
  return {
    settle: ({ usd, input_tokens, output_tokens }) =>
      end({ micros: microsOf(usd), tokens: input_tokens + output_tokens, calls }),
    release: () => end(NOTHING),
  };
}
