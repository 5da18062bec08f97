import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineManifest } from '../../lambdas/contracts/manifest.ts';
import { grantsOfRole, readable } from './support/policies.ts';
import { greedy, modest, SAMPLE } from './support/sample-system.ts';
import { ofType, synthesize } from './support/synthesize.ts';

const capability = { description: 'Works', input: z.string(), output: z.string() };
/** Remembers what it does step by step. */
const stepper = defineManifest({
  name: 'sample-stepper',
  description: 'Has steps',
  errorImpact: 'The tests of the infrastructure notice that something is missing.',
  uses: { steps: true },
  capabilities: { 'sample.step': capability },
});
/** Its tools may have effects outside. */
const user = defineManifest({
  ...{ name: 'sample-user', description: 'Has tools', errorImpact: stepper.errorImpact },
  uses: { tools: ['sample-search'] },
  capabilities: { 'sample.use': capability, 'sample.use-more': capability },
});

const agents = [stepper, user, greedy, modest];
const { platform, system } = synthesize('prod', { system: { ...SAMPLE, agents, workflows: [] } });
const keys = (...of: string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': of } });

/** What an agent may do with steps and claims, and with whose. */
function reachOf(agent: string) {
  const grants = grantsOfRole(system, `${agent}WorkerRole`);
  return grants.flatMap((grant) => {
    const [may = ''] = readable([grant]);
    return /Stores(Ledger|Claims)$/.test(may) ? [[may, grant.condition]] : [];
  });
}

function environmentOf(agent: string): string {
  const [, worker] = ofType(system, 'AWS::Lambda::Function').find(([id]) => id.startsWith(agent)) ?? [];
  return JSON.stringify(worker?.Environment);
}

describe('what steps and claims may be reached by', () => {
  test('an agent with steps adds to its own and reads them; nobody changes one or takes it back', () => {
    expect(reachOf('SampleStepper')).toEqual([
      ['dynamodb:PutItem on StoresLedger', keys('sample-stepper#*')],
      ['dynamodb:Query on StoresLedger', keys('sample-stepper#*')],
    ]);
  });

  test('tools bring steps along, and claims on tasks of the types that the agent can do', () => {
    const types = keys('sample.use#*', 'sample.use-more#*');
    expect(reachOf('SampleUser')).toEqual([
      ['dynamodb:GetItem on StoresClaims', types],
      ['dynamodb:PutItem on StoresClaims', types],
      ['dynamodb:UpdateItem on StoresClaims', types],
      ['dynamodb:PutItem on StoresLedger', keys('sample-user#*')],
      ['dynamodb:Query on StoresLedger', keys('sample-user#*')],
    ]);
  });

  test('an agent with outside effects claims tasks of its own types only', () => {
    expect(reachOf('SampleGreedy').map(([, condition]) => condition)).toEqual(Array(3).fill(keys('sample.load#*')));
  });

  test('an agent without either reaches none, and is not told where they are', () => {
    expect(reachOf('SampleModest')).toEqual([]);
    expect(environmentOf('SampleModest')).not.toMatch(/LEDGER|CLAIMS/);
    expect(environmentOf('SampleStepper')).toMatch(/MUSTER_LEDGER_TABLE/);
  });

  test('no name begins as another one with the separator behind it', () => {
    for (const { name, capabilities } of agents)
      for (const prefix of [name, ...Object.keys(capabilities)]) expect(prefix).not.toContain('#');
  });

  test('steps go away by themselves', () => {
    const tables = ofType(platform, 'AWS::DynamoDB::Table').filter(([id]) => id.startsWith('StoresLedger'));
    expect(tables.map(([, { TimeToLiveSpecification: ttl, KeySchema: schema }]) => [ttl, schema])).toEqual([
      [
        { AttributeName: 'expires_at', Enabled: true },
        [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      ],
    ]);
  });
});
