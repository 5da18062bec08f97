import { spendTree } from '../test/support/budgets/spend-tree.ts';
import type { Bench } from './bench.ts';
import { chainCost } from './chain-cost.ts';

const TREE = { seed: 1, agents: 200, callsEach: 5, tokens: 200_000 } as const;
const CALLS = 1_000;

const share = (part: number, whole: number): number => Math.round((part / whole) * 1_000) / 1_000;

/** 200 agents against one budget, without and with processes that die; and what a call pays for its accounts. */
async function run() {
  const calm = await figuresOf(0);
  const dying = await figuresOf(0.01);
  const [none, one, three] = [await chainCost(0, CALLS), await chainCost(1, CALLS), await chainCost(3, CALLS)];
  return {
    ...{ agents: TREE.agents, limit_tokens: TREE.tokens },
    ...{ overshoot: Math.max(calm.overshoot, dying.overshoot), requests_per_call: calm.requests_per_call },
    per_call: { unbounded: none, one_account: one, three_accounts: three },
    ...{ calm, dying },
  };
}

async function figuresOf(crash: number) {
  const { account, overshoot, calls, crashes, charged, requests, writeUnits } = await spendTree({ ...TREE, crash });
  return {
    ...{ overshoot, calls, crashes, charged },
    /** Of the limit. */
    ...{ spent: share(account.spent.tokens, TREE.tokens), lost: share(account.held.tokens, TREE.tokens) },
    left: share(account.left.tokens ?? 0, TREE.tokens),
    /** To three accounts, tries that were refused included. */
    ...{ requests_per_call: share(requests, calls), write_units_per_call: share(writeUnits, calls) },
  };
}

type Figures = Awaited<ReturnType<typeof run>>;

export const bench: Bench = {
  run,
  table: (figures) => {
    const { calm, dying, per_call, overshoot } = figures as Figures;
    const line = (name: string, { spent, lost, left, requests_per_call: requests, crashes }: Figures['calm']): string =>
      `${name.padEnd(24)} spent ${spent}  lost ${lost}  left ${left}  requests per call ${requests}  crashes ${crashes}`;
    return [
      `200 agents, one budget: overshoot ${overshoot}`,
      line('no process dies', calm),
      line('processes die', dying),
      ...Object.entries(per_call).map(
        ([name, { write_units, read_units }]) =>
          `${name.padEnd(24)} ${write_units} write, ${read_units} read units per call`,
      ),
    ].join('\n');
  },
};
