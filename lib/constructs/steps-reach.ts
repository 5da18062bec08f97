import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ENV } from '../../lambdas/contracts/environment.ts';
import type { Manifest } from '../../lambdas/contracts/manifest.ts';
import { itemsUnder, queriesUnder } from './grants.ts';

export interface StepTables {
  readonly claims: Table;
  readonly ledger: Table;
}

/** Whose work, or whose tools', may have effects outside. */
const hasClaims = ({ effects, uses }: Manifest): boolean => effects === 'outside' || uses.tools.length > 0;

/** Its own steps, which nobody changes or takes back, and the claims on tasks of the types that it can do. */
export function stepStatements(manifest: Manifest, { claims, ledger }: StepTables): PolicyStatement[] {
  const types = Object.keys(manifest.capabilities).map((type) => `${type}#*`);
  const own = [`${manifest.name}#*`];
  return [
    ...(hasClaims(manifest) ? [itemsUnder(claims, types, 'Get', 'Put', 'Update')] : []),
    ...(manifest.uses.steps ? [itemsUnder(ledger, own, 'Put'), queriesUnder(ledger, own)] : []),
  ];
}

export function stepEnvironment(manifest: Manifest, { claims, ledger }: StepTables): Record<string, string> {
  return {
    ...(hasClaims(manifest) && { [ENV.claimsTable]: claims.tableName }),
    ...(manifest.uses.steps && { [ENV.ledgerTable]: ledger.tableName }),
  };
}
