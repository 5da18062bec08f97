import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineManifest } from '../../lambdas/contracts/manifest.ts';
import { grantsOf, grantsOfRole, readable } from './support/policies.ts';
import { modest, SAMPLE } from './support/sample-system.ts';
import { ofType, synthesize } from './support/synthesize.ts';

const keeper = defineManifest({
  name: 'sample-keeper',
  description: 'Remembers',
  errorImpact: 'The tests of the infrastructure notice that something is missing.',
  uses: { memory: { facts: 'read' } },
  capabilities: { 'sample.keep': { description: 'Remembers', input: z.string(), output: z.string() } },
});

const withKeeper = { system: { ...SAMPLE, agents: [keeper, modest], workflows: [] } };
const { platform, system } = synthesize('prod', withKeeper);
const textOf = (value: unknown): string => JSON.stringify(value);
const lambdaOf = (resources: typeof platform, prefix: string): string =>
  textOf(ofType(resources, 'AWS::Lambda::Function').find(([id]) => id.startsWith(prefix))?.[1]);

describe('memories', () => {
  test('are reached by an agent through a door of its own, and by no other way', () => {
    const doors = ofType(system, 'AWS::Lambda::Alias').map(([, alias]) => alias);
    expect(doors).toMatchObject([{ Name: 'agent-sample-keeper', FunctionVersion: '$LATEST' }]);
    const grants = textOf(grantsOfRole(system, 'SampleKeeperWorkerRole'));
    expect(grants.match(/lambda:InvokeFunction/g)).toHaveLength(1);
    expect(grants).toContain(':agent-sample-keeper');
    expect(grants).not.toContain('Memories');
    expect(lambdaOf(system, 'SampleKeeper')).toContain('MUSTER_MEMORY_FUNCTION');
  });

  test('are asked for through the doors of agents and people, and beside them by the hourly schedule alone', () => {
    const mayInvoke = ofType([...platform, ...system], 'AWS::IAM::Policy').flatMap(([id, policy]) =>
      grantsOf(policy).flatMap(({ action, resource }) =>
        action === 'lambda:InvokeFunction' && textOf(resource).includes('MemoryLambda') ? [[id, textOf(resource)]] : [],
      ),
    );
    expect(mayInvoke).toEqual([
      [expect.stringMatching(/^TenantsLambdaRole/), expect.stringMatching(/MemoryLambda.*:people"/)],
      [expect.stringMatching(/^ApiLambdaRole/), expect.stringMatching(/MemoryLambda.*:people"/)],
      [expect.stringMatching(/^SampleKeeperWorkerRole/), expect.stringMatching(/MemoryLambda.*:agent-sample-keeper"/)],
    ]);
    const opened = ofType([...platform, ...system], 'AWS::Lambda::Permission').filter(([, permission]) =>
      textOf(permission).includes('MemoryLambda'),
    );
    expect(opened).toEqual([
      [
        expect.stringMatching(/^MemoryEachHour/),
        expect.objectContaining({ Principal: 'events.amazonaws.com', SourceArn: expect.anything() }),
      ],
    ]);
  });

  test('are nothing to an agent that declares none', () => {
    expect(textOf(grantsOfRole(system, 'SampleModestWorkerRole'))).not.toContain('lambda:InvokeFunction');
    expect(lambdaOf(system, 'SampleModest')).not.toContain('MUSTER_MEMORY_FUNCTION');
  });

  test('are registered with the agent: what its manifest says is what the memory Lambda goes by', () => {
    const agents = ofType(system, 'Custom::MusterAgent').map(([, properties]) => textOf(properties));
    expect(agents.filter((agent) => agent.includes('sample-keeper')).join()).toMatch(/memory\W+facts\W+read/);
    expect(agents.filter((agent) => agent.includes('sample-modest')).join()).not.toMatch(/memory\W+facts/);
  });

  test('are read and written by the memory Lambda alone', () => {
    const holders = ofType(platform, 'AWS::IAM::Policy').filter(([, policy]) => /MemoryMemories/.test(textOf(policy)));
    expect(holders.map(([id]) => id)).toEqual([expect.stringMatching(/^MemoryLambdaRole/)]);
    expect(readable(grantsOfRole(platform, 'MemoryLambdaRole')).filter((grant) => grant.includes('Keys'))).toEqual([
      'dynamodb:BatchGetItem on MemoryKeys',
      'dynamodb:DeleteItem on MemoryKeys',
      'dynamodb:GetItem on MemoryKeys',
      'dynamodb:PutItem on MemoryKeys',
      'dynamodb:Query on MemoryKeys',
    ]);
  });

  test('are kept by a Lambda that sees nothing of runs but what passes are checked with', () => {
    const state = readable(grantsOfRole(platform, 'MemoryLambdaRole')).filter((grant) => grant.includes('State'));
    expect(state).toEqual(['dynamodb:GetItem on StoresState']);
    expect(textOf(grantsOfRole(platform, 'MemoryLambdaRole'))).toContain('"dynamodb:LeadingKeys":["MEMORY-PASSES"]');
  });

  test('can be restored, and the keys that they are sealed with can not: an erasure is for good', () => {
    const recovery = (prefix: string): boolean =>
      lookUp(prefix).PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled;
    const Table = z.looseObject({
      PointInTimeRecoverySpecification: z.object({ PointInTimeRecoveryEnabled: z.boolean() }),
    });
    const lookUp = (prefix: string) =>
      Table.parse(ofType(platform, 'AWS::DynamoDB::Table').find(([id]) => id.startsWith(prefix))?.[1]);
    expect([recovery('MemoryMemories'), recovery('MemoryKeys')]).toEqual([true, false]);
    const [, bucket] = ofType(platform, 'AWS::S3::Bucket').find(([id]) => id.startsWith('MemorySnapshots')) ?? [];
    expect(bucket).toBeDefined();
    expect(bucket?.VersioningConfiguration).toBeUndefined();
  });
});

describe('embeddings', () => {
  test('come by no model unless the configuration names one', () => {
    expect(lambdaOf(platform, 'MemoryLambda')).not.toMatch(/MUSTER_MEMORY_EMBEDDINGS|Layers/);
  });

  test('come by a layer where the configuration says "local"', () => {
    const local = synthesize('prod', { ...withKeeper, overrides: { memory: { embeddings: 'local' } } }).platform;
    expect(lambdaOf(local, 'MemoryLambda')).toMatch(/Layers.*MemoryEmbeddings/);
  });

  test('come from a model that the configuration names, which alone may be called', () => {
    const meaning = { provider: 'bedrock' as const, id: 'amazon.titan-embed-text-v2:0', kind: 'embedding' as const };
    const named = (embeddings: string) =>
      synthesize('prod', { ...withKeeper, overrides: { models: { meaning }, memory: { embeddings } } }).platform;
    const grants = textOf(grantsOfRole(named('meaning'), 'MemoryLambdaRole'));
    expect(grants).toContain('foundation-model/amazon.titan-embed-text-v2:0');
    expect(() => named('other')).toThrow(/memory.embeddings is "other"/);
  });

  test('need the secret of their model', () => {
    const meaning = {
      ...{ provider: 'openai-compatible' as const, id: 'nomic-embed-text', kind: 'embedding' as const },
      ...{ baseUrl: 'https://models.example.com/v1', secret: 'models/key' },
      price: { inputPerMillion: 0, outputPerMillion: 0 },
    };
    const deployed = (secretsManager: boolean) =>
      synthesize('prod', {
        ...withKeeper,
        overrides: { models: { meaning }, memory: { embeddings: 'meaning' }, secretsManager },
      }).platform;
    expect(readable(grantsOfRole(deployed(true), 'MemoryLambdaRole'))).toContain(
      'secretsmanager:GetSecretValue on secret models/key-??????',
    );
    expect(() => deployed(false)).toThrow(/needs its secret, and secretsManager is off/);
  });
});
