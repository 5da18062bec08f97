import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineManifest } from '../../lambdas/contracts/manifest.ts';
import { grantsOfRole, readable } from './support/policies.ts';
import { modest, SAMPLE } from './support/sample-system.ts';
import { ofType, synthesize } from './support/synthesize.ts';

/** Pays for what its tools do. */
const spender = defineManifest({
  name: 'sample-spender',
  description: 'Calls tools',
  errorImpact: 'The tests of the infrastructure notice that something is missing.',
  uses: { tools: ['sample-search'] },
  capabilities: { 'sample.search': { description: 'Searches', input: z.string(), output: z.string() } },
});

const { platform, system } = synthesize('prod', { system: { ...SAMPLE, agents: [spender, modest], workflows: [] } });
const ON_BUDGETS = /Stores(Budgets|Registry)$/;
const keys = (...of: string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': of } });

/** What a role may do with accounts and with what stops work, by the condition that is on it. */
function byCondition(resources: typeof platform, role: string, on: RegExp) {
  const grants = grantsOfRole(resources, role).filter((grant) => on.test(readable([grant])[0] ?? ''));
  return [...Map.groupBy(grants, ({ condition }) => JSON.stringify(condition))].map(([condition, some]) => ({
    condition: JSON.parse(condition ?? 'null'),
    may: readable(some),
  }));
}

describe('what budgets may be reached by', () => {
  test('an agent that pays counts accounts and rates, and reads what stops it: each by its keys', () => {
    expect(byCondition(system, 'SampleSpenderWorkerRole', ON_BUDGETS)).toEqual([
      {
        condition: keys('ACCOUNT#*', 'RATE#*'),
        may: ['dynamodb:GetItem on StoresBudgets', 'dynamodb:UpdateItem on StoresBudgets'],
      },
      { condition: keys('STOP#*'), may: ['dynamodb:BatchGetItem on StoresBudgets'] },
      { condition: keys('HOLD', 'LOAD'), may: ['dynamodb:BatchGetItem on StoresRegistry'] },
    ]);
  });

  test('an agent that pays for nothing reaches none of it, and is not told where it is', () => {
    expect(byCondition(system, 'SampleModestWorkerRole', ON_BUDGETS)).toEqual([]);
    const [, worker] = ofType(system, 'AWS::Lambda::Function').find(([id]) => id.startsWith('SampleModest')) ?? [];
    expect(JSON.stringify(worker)).not.toContain('MUSTER_BUDGETS_TABLE');
    const [, paying] = ofType(system, 'AWS::Lambda::Function').find(([id]) => id.startsWith('SampleSpender')) ?? [];
    expect(JSON.stringify(paying)).toContain('MUSTER_BUDGETS_TABLE');
  });

  test('the coordinator stops runs and lets them go on, and gives accounts the limits that people set', () => {
    expect(byCondition(platform, 'LambdasCoordinatorRole', /StoresBudgets$/)).toEqual([
      { condition: keys('STOP#*'), may: ['dynamodb:PutItem on StoresBudgets'] },
      {
        condition: keys('ACCOUNT#*'),
        may: ['dynamodb:GetItem on StoresBudgets', 'dynamodb:UpdateItem on StoresBudgets'],
      },
    ]);
  });
});
