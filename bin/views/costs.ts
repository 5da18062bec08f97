import { PRICES_AS_OF } from '../../lambdas/contracts/model-prices.ts';
import { NO_USAGE, type Usage } from '../../lambdas/contracts/usage.ts';
import { ownerText } from '../../lambdas/runtime/budgets/account-key.ts';
import { type Account, lostOf } from '../../lambdas/runtime/budgets/accounts.ts';
import { amountText, type Limits, UNITS, type Unit, usdOf } from '../../lambdas/runtime/budgets/amounts.ts';
import { grouped, paint, table } from './text.ts';

/** How much of one thing a budget has given out; USD for money. */
export interface UnitLine {
  readonly unit: 'usd' | 'tokens' | 'calls';
  readonly allowed: number;
  readonly spent: number;
  /** By calls under way. */
  readonly reserved: number;
  /** By calls that crashed: nobody knows what they have cost. */
  readonly lost: number;
  readonly left: number;
}

export interface BudgetLines {
  /** Whose it is. */
  readonly budget: string;
  readonly units: readonly UnitLine[];
  /** Nothing more is given out: why. */
  readonly closed?: string;
  /** A person is being asked for more. */
  readonly asking?: true;
}

/** What a run has used, and what its budgets say. */
export interface CostsOfRun {
  readonly run_id: string;
  readonly workflow: string;
  readonly status: string;
  readonly usage?: Usage;
  readonly tasks: ReadonlyArray<{ readonly task_id: string; readonly usage: Usage }>;
  readonly budgets: readonly BudgetLines[];
}

export function accountLines(runId: string, part: string, account: Account, now: number): BudgetLines {
  const lost = lostOf(account, now);
  const plain = (unit: Unit, of: Limits): number => (unit === 'micros' ? usdOf(of[unit] ?? 0) : (of[unit] ?? 0));
  const units = UNITS.filter((unit) => account.limit[unit] !== undefined).map(
    (unit): UnitLine => ({
      unit: unit === 'micros' ? 'usd' : unit,
      allowed: plain(unit, account.limit),
      spent: plain(unit, account.spent),
      reserved: plain(unit, account.held) - plain(unit, lost),
      lost: plain(unit, lost),
      left: plain(unit, account.left),
    }),
  );
  const { closed, asking } = account;
  return {
    ...{ budget: ownerText({ runId, part }), units },
    ...(closed !== undefined && { closed }),
    ...(asking && { asking: true }),
  };
}

/** One line for each thing that each budget bounds. */
export function budgetsTable({ budgets }: Pick<CostsOfRun, 'budgets'>): string {
  const rows = budgets.flatMap(({ budget, units, closed, asking }) =>
    units.map(({ unit, allowed, spent, reserved, lost, left }, index) => {
      const text = (amount: number): string =>
        amountText(unit === 'usd' ? 'micros' : unit, unit === 'usd' ? Math.round(amount * 1_000_000) : amount);
      const note = closed === undefined ? (asking ? 'a person is asked for more' : '') : paint.red(`closed: ${closed}`);
      return [
        ...[index === 0 ? budget : '', text(allowed), text(spent), text(reserved)],
        ...[lost === 0 ? '' : paint.yellow(text(lost)), left <= 0 ? paint.red(text(left)) : text(left)],
        index === 0 ? note : '',
      ];
    }),
  );
  return table(['budget of', 'allowed', 'spent', 'reserved', 'lost', 'left', ''], rows);
}

const USED = ['USD', 'tokens in', 'tokens out', 'model calls', 'tool calls'];
const cells = ({ usd, input_tokens, output_tokens, model_calls, tool_calls }: Usage): string[] => [
  usd.toFixed(4),
  ...[input_tokens, output_tokens, model_calls, tool_calls].map(grouped),
];

/** What each task has used, and all of the run. */
export function taskCostsTable({ tasks, usage = NO_USAGE }: CostsOfRun): string {
  const rows = tasks.map(({ task_id, usage: used }) => [task_id, ...cells(used)]);
  return table(['task', ...USED], [...rows, [paint.bold('all of the run'), ...cells(usage)]]);
}

/** What the latest runs have used, and what is left of the budgets of those that have one. */
export function runCostsTable(runs: readonly CostsOfRun[]): string {
  const rows = runs.map(({ run_id, workflow, status, usage = NO_USAGE, budgets }) => {
    const own = budgets.find(({ budget }) => budget.startsWith('run '))?.units.find(({ unit }) => unit === 'usd');
    const left = own ? `${amountText('micros', Math.round(own.left * 1_000_000))} of ${own.allowed}` : '';
    return [run_id.slice(0, 12), workflow, status, ...cells(usage), left];
  });
  return table(['run', 'workflow', 'status', ...USED, 'left'], rows);
}

/** Whose prices these are. */
export const PRICES_TEXT = `list prices as of ${PRICES_AS_OF}, unless the deployment's configuration names its own`;
