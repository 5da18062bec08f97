import { describe, expect, test } from '@jest/globals';
import {
  accountLines,
  budgetsTable,
  type CostsOfRun,
  runCostsTable,
  taskCostsTable,
} from '../../../bin/views/costs.ts';
import { type Account, fresh, settled, taken } from '../../../lambdas/runtime/budgets/accounts.ts';
import { NOW, RUN_ID } from '../../support/factories.ts';

/** 1 USD and 10 calls: one call settled, one under way. */
function underWay(): Account {
  const call = { micros: 100_000, tokens: 500, calls: 1 };
  const limits = { micros: 1_000_000, calls: 10 };
  const used = { micros: 20_000, tokens: 90, calls: 1 };
  const first = taken(fresh(limits), limits, call, NOW + 1_000);
  const second = first && taken(settled(first, limits, call, used), limits, call, NOW + 1_000);
  if (!second) throw new Error('there is enough');
  return second;
}
const usage = { usd: 0.02, input_tokens: 80, output_tokens: 10, model_calls: 1, tool_calls: 0 };
const run = (overrides: Partial<CostsOfRun> = {}): CostsOfRun => ({
  ...{ run_id: RUN_ID, workflow: 'research', status: 'running', usage, tasks: [{ task_id: 'read', usage }] },
  budgets: [accountLines(RUN_ID, '', underWay(), NOW)],
  ...overrides,
});

describe('the costs of a run', () => {
  test('say of each budget what was spent, is reserved, and is left: together what is allowed', () => {
    expect(accountLines(RUN_ID, 'read@reader', underWay(), NOW)).toEqual({
      budget: 'agent reader at task "read"',
      units: [
        { unit: 'usd', allowed: 1, spent: 0.02, reserved: 0.1, lost: 0, left: 0.88 },
        { unit: 'calls', allowed: 10, spent: 1, reserved: 1, lost: 0, left: 8 },
      ],
    });
  });

  test('show as lost what nobody can settle any more', () => {
    expect(accountLines(RUN_ID, '', underWay(), NOW + 1_001).units[0]).toMatchObject({
      reserved: 0,
      lost: 0.1,
      left: 0.88,
    });
  });

  test('are a line for each bound, with what became of the budget', () => {
    const closed = { ...underWay(), closed: 'ada added nothing' };
    const lines = budgetsTable({ budgets: [accountLines(RUN_ID, '', closed, NOW)] }).split('\n');
    expect(lines[1]).toMatch(
      /^run run_00000000\s+1\.00 USD\s+0\.02 USD\s+0\.10 USD\s+0\.88 USD\s+closed: ada added nothing$/,
    );
    expect(lines[2]).toMatch(/^\s+10 calls\s+1 calls\s+1 calls\s+8 calls$/);
  });

  test('say what each task has used', () => {
    expect(
      taskCostsTable(run())
        .split('\n')
        .map((line) => line.split(/\s{2,}/)),
    ).toEqual([
      ['task', 'USD', 'tokens in', 'tokens out', 'model calls', 'tool calls'],
      ['read', '0.0200', '80', '10', '1', '0'],
      ['all of the run', '0.0200', '80', '10', '1', '0'],
    ]);
  });

  test('are listed run by run, with what its money has left', () => {
    const { usage: _, ...unused } = run({ budgets: [], tasks: [] });
    const [, one, other] = runCostsTable([run(), unused]).split('\n');
    expect(one).toMatch(/^run_00000000\s+research\s+running\s+0\.0200\s+80\s+10\s+1\s+0\s+0\.88 USD of 1$/);
    expect(other).toMatch(/0\.0000\s+0\s+0\s+0\s+0$/);
  });
});
