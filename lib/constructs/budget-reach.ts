import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ENV } from '../../lambdas/contracts/environment.ts';
import type { Manifest } from '../../lambdas/contracts/manifest.ts';
import { itemsUnder } from './grants.ts';

export interface BudgetTables {
  readonly budgets: Table;
  readonly registry: Table;
}

/** Whether the agent makes calls that cost something. */
const spends = ({ uses }: Manifest): boolean => uses.models.length > 0 || uses.tools.length > 0;

/**
 * Accounts are counted up and down, and rates; what stops work is read: where runs are stopped, and where people hold
 * tenants and take agents out of the pool. Nothing is deleted, and no stop is lifted.
 */
export function budgetStatements(manifest: Manifest, { budgets, registry }: BudgetTables): PolicyStatement[] {
  if (!spends(manifest)) return [];
  return [
    itemsUnder(budgets, ['ACCOUNT#*', 'RATE#*'], 'Get', 'Update'),
    itemsUnder(budgets, ['STOP#*'], 'BatchGet'),
    itemsUnder(registry, ['HOLD', 'LOAD'], 'BatchGet'),
  ];
}

export function budgetEnvironment(manifest: Manifest, { budgets, registry }: BudgetTables): Record<string, string> {
  return spends(manifest) ? { [ENV.budgetsTable]: budgets.tableName, [ENV.registryTable]: registry.tableName } : {};
}
