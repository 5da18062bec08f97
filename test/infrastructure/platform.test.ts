import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { BY_CORRELATION, BY_TENANT, BY_WAKE } from '../../lambdas/adapters/items/table-layout.ts';
import { AUDITED_EVENTS } from '../../lambdas/contracts/audited-events.ts';
import { BUS_READERS } from '../../lambdas/contracts/bus-events.ts';
import { ENV } from '../../lambdas/contracts/environment.ts';
import { AgentRegistration } from '../../lambdas/contracts/registry.ts';
import { STREAM_EVENTS } from '../../lambdas/contracts/stream-messages.ts';
import { WorkflowDefinition } from '../../lambdas/contracts/workflow-definition.ts';
import { standInAssets } from './support/stand-in-assets.ts';
import { ofType, synthesize } from './support/synthesize.ts';

const Lambda = z.looseObject({
  Runtime: z.string(),
  Architectures: z.array(z.string()),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});
/** A template's text with its references as `${LogicalId}`. */
const Joined = z.object({
  'Fn::Join': z.tuple([z.literal(''), z.array(z.union([z.string(), z.record(z.string(), z.unknown())]))]),
});
const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Joined.parse(value)
        ['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'REF'))
        .join('');

const dev = synthesize('dev', { environment: { MUSTER_ETL_WEATHER_URL: 'https://weather.example/v1' } });
const local = synthesize('local');

describe('Lambdas', () => {
  const lambdas = [
    ...ofType(dev.platform, 'AWS::Lambda::Function'),
    ...ofType(dev.system, 'AWS::Lambda::Function'),
  ].filter(([id]) => !id.startsWith('CustomS3AutoDelete'));

  test('run on Node 24 and arm64 in AWS, and on this machine locally', () => {
    expect(lambdas.length).toBe(22);
    for (const [, properties] of lambdas)
      expect(Lambda.parse(properties)).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    const here = process.arch === 'arm64' ? 'arm64' : 'x86_64';
    for (const [, properties] of ofType(local.all, 'AWS::Lambda::Function'))
      expect(properties.Architectures).toEqual([here]);
  });

  test('get the variables that the platform reads its world from', () => {
    for (const [id, properties] of lambdas.filter(([name]) => name.startsWith('Lambdas'))) {
      const names = Object.keys(Lambda.parse(properties).Environment.Variables);
      const { stateTable, registryTable, blobBucket, busName, coordinatorQueue, timersQueue, intakeQueue } = ENV;
      const common = [stateTable, registryTable, blobBucket, busName, coordinatorQueue, timersQueue, intakeQueue];
      expect(names).toEqual(expect.arrayContaining([ENV.stage, ENV.logLevel, ENV.lifecycleArn, ...common]));
      expect(names.includes(ENV.platformRoles)).toBe(id.startsWith('LambdasCoordinator'));
    }
  });

  test('that evaluate expressions bring the worker thread along', () => {
    const assets = standInAssets();
    synthesize('dev', { assets });
    for (const { entry, extraEntries } of assets.requests.filter((request) =>
      request.entry.startsWith('lambdas/platform/'),
    )) {
      const source = readFileSync(new URL(`../../${entry}`, import.meta.url), 'utf8');
      expect(extraEntries).toEqual(
        source.includes('createWorkerEvaluator')
          ? { 'expression-worker': 'lambdas/adapters/expressions/worker.ts' }
          : undefined,
      );
    }
  });

  test('of an agent get the names of its buckets, secrets and settings', () => {
    const [, properties] =
      ofType(dev.system, 'AWS::Lambda::Function').find(([id]) => id.startsWith('SampleGreedyWorker')) ?? [];
    const { Variables: variables } = Lambda.parse(properties).Environment;
    expect(variables).toMatchObject({
      MUSTER_STAGE: 'dev',
      MUSTER_AGENT_NAME: 'sample-greedy',
      MUSTER_SETTING_ETL_WEATHER_URL: 'https://weather.example/v1',
      MUSTER_SETTING_DATABASE_POOL_SIZE: '5',
    });
    for (const bucket of ['IN', 'OUT', 'BOTH']) expect(variables).toHaveProperty(`MUSTER_BUCKET_SAMPLE_${bucket}`);
  });
});

describe('the lifecycle', () => {
  const Definition = z.looseObject({
    States: z.record(
      z.string(),
      z.looseObject({ TimeoutSeconds: z.unknown().optional(), Catch: z.unknown().optional() }),
    ),
  });
  const definitionOf = ({ platform }: typeof dev) =>
    Definition.parse(JSON.parse(textOf(ofType(platform, 'AWS::StepFunctions::StateMachine')[0]?.[1].DefinitionString)));

  test('waits for the deadline and a grace, then asks once more and waits as long as taking back may last', () => {
    const { States: states } = definitionOf(dev);
    expect(states.Run?.TimeoutSeconds).toBe('{% $ceil($states.input.timeout_seconds) + 120 %}');
    expect(states.Run?.Catch).toMatchObject([
      { ErrorEquals: ['States.Timeout'], Next: 'Ask again' },
      { Next: 'Failed' },
    ]);
    expect(states['Ask again']?.TimeoutSeconds).toBe('{% $max([$ceil($states.input.timeout_seconds), 900]) + 120 %}');
    expect(states['Ask again']?.Catch).toMatchObject([
      { ErrorEquals: ['States.Timeout'], Next: 'Coordinator is silent' },
      { Next: 'Failed' },
    ]);
  });

  test('sends the start under the run with a fresh id and a task token each time', () => {
    for (const name of ['Run', 'Ask again'])
      expect(definitionOf(dev).States[name]).toMatchObject({
        Resource: expect.stringMatching(/^arn:REF:states:::sqs:sendMessage\.waitForTaskToken$/),
        Arguments: {
          MessageGroupId: '{% $states.context.Execution.Name %}',
          MessageDeduplicationId: '{% $uuid() %}',
          MessageBody: {
            start_message: '{% $states.input.start_message %}',
            task_token: '{% $states.context.Task.Token %}',
          },
        },
      });
  });

  test('never waits without a bound, locally either', () => {
    expect(definitionOf(local).States.Run?.TimeoutSeconds).toEqual(expect.any(Number));
  });
});

describe('stores', () => {
  test('have the indexes that the adapters read', () => {
    const [, state] = ofType(dev.platform, 'AWS::DynamoDB::Table').find(([id]) => id.startsWith('StoresState')) ?? [];
    const keys = ({ partition, sort }: { partition: string; sort: string }) => [
      { AttributeName: partition, KeyType: 'HASH' },
      { AttributeName: sort, KeyType: 'RANGE' },
    ];
    expect(state).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
      GlobalSecondaryIndexes: [
        { IndexName: BY_TENANT.index, KeySchema: keys(BY_TENANT), Projection: { ProjectionType: 'ALL' } },
        {
          IndexName: BY_CORRELATION.index,
          KeySchema: keys(BY_CORRELATION),
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
        { IndexName: BY_WAKE.index, KeySchema: keys(BY_WAKE), Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    });
    expect(state?.AttributeDefinitions).toContainEqual({ AttributeName: BY_WAKE.sort, AttributeType: 'N' });
  });

  test('go with a development stage and stay with production', () => {
    const policies = (made: typeof dev) =>
      new Set(
        made.all
          .filter(([, { Type }]) => /DynamoDB::Table|S3::Bucket$|SQS::Queue$|LogGroup/.test(Type))
          .map(([, { DeletionPolicy }]) => DeletionPolicy),
      );
    expect([policies(dev), policies(local), policies(synthesize('prod'))]).toEqual([
      new Set(['Delete']),
      new Set(['Delete']),
      new Set(['Retain']),
    ]);
    expect(ofType(dev.all, 'Custom::S3AutoDeleteObjects').length).toBe(ofType(dev.all, 'AWS::S3::Bucket').length);
  });

  test('are private and refuse what does not come by TLS', () => {
    for (const [, bucket] of ofType(dev.all, 'AWS::S3::Bucket'))
      expect(bucket.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    for (const [, policy] of ofType(dev.all, 'AWS::S3::BucketPolicy'))
      expect(JSON.stringify(policy)).toContain('"aws:SecureTransport":"false"');
  });
});

describe('registration', () => {
  test('tells the coordinator what an agent can do and where its inboxes are', () => {
    const [greedy] = ofType(dev.system, 'Custom::MusterAgent').map(([, { registration }]) =>
      AgentRegistration.parse(JSON.parse(textOf(registration))),
    );
    expect(greedy).toMatchObject({
      name: 'sample-greedy',
      system: 'sample',
      effects: 'outside',
      inbox: { express: 'REF', standard: 'REF' },
      capabilities: {
        'sample.load': { input_types: ['table: string', 'limit?: number'], output_types: ['rows: number'] },
      },
    });
    expect(greedy?.role_id).toBe('REF');
  });

  test('tells by what an agent is chosen, and when its breaker opens', () => {
    const agents = ofType(dev.system, 'Custom::MusterAgent').map(([, { registration }]) =>
      AgentRegistration.parse(JSON.parse(textOf(registration))),
    );
    expect(agents.map(({ breaker, selection }) => ({ breaker, selection }))).toEqual([
      {
        breaker: { failures: 3, seconds: 30 },
        selection: { strategy: 'least_loaded', weight: 2, cost: 0.5, near: ['eu-central-1', 'flights'] },
      },
      { breaker: { failures: 5, seconds: 60 }, selection: { weight: 1, cost: 1, near: [] } },
    ]);
  });

  test('brings the definition of each workflow', () => {
    const [flow] = ofType(dev.system, 'Custom::MusterWorkflow').map(([, { definition }]) =>
      WorkflowDefinition.parse(JSON.parse(textOf(definition))),
    );
    expect(flow?.name).toBe('sample.flow');
  });
});

test('the local stack holds nothing that the emulator does not know', () => {
  const unknown = ['AWS::Events::Archive', 'AWS::CloudWatch::CompositeAlarm', 'Custom::S3AutoDeleteObjects'];
  const types = new Set(local.all.map(([, { Type }]) => Type));
  expect(unknown.filter((type) => types.has(type))).toEqual([]);
  expect(ofType(local.all, 'AWS::CloudWatch::Alarm').filter(([, { Metrics }]) => Metrics !== undefined)).toEqual([]);
  expect(ofType(dev.all, 'AWS::Events::Archive').length).toBe(1);
});

test('what is asked of runs on the bus comes to intake, and everything else to who needs it', () => {
  const patterns = Object.fromEntries(
    ofType(dev.platform, 'AWS::Events::Rule').flatMap(([id, { EventPattern: pattern }]) =>
      pattern === undefined ? [] : [[id.replace(/(Rule)?[0-9A-F]{8}$/, ''), pattern]],
    ),
  );
  const live = { source: [{ 'anything-but': ['muster.replay'] }] };
  expect(patterns).toEqual({
    Requests: { ...live, 'detail-type': BUS_READERS.intake },
    Watched: { ...live, 'detail-type': BUS_READERS.monitor },
    Stream: { ...live, 'detail-type': [...STREAM_EVENTS] },
    AuditBetweenAgents: {
      source: [{ prefix: AUDITED_EVENTS.sourcePrefix }],
      'detail-type': [{ 'anything-but': [...AUDITED_EVENTS.except] }],
    },
    People: { source: ['muster.platform'], 'detail-type': ['decision_requested', 'workflow_paused'] },
  });
  const [[, rule] = ['', {}]] = ofType(dev.system, 'AWS::Events::Rule');
  // Nobody hears itself.
  expect(rule.EventPattern).toEqual({
    source: [{ 'anything-but': ['muster.replay', 'muster.agent.sample-greedy'] }],
    'detail-type': ['channel.sample.request', 'channel.sample.cancel'],
  });
});

describe('the topic for people', () => {
  test('is told by the bus, which keeps what it could not tell, and is named by the stack', () => {
    const rules = ofType(dev.platform, 'AWS::Events::Rule').filter(([id]) => id.startsWith('People'));
    expect(rules.map(([, { Targets }]) => Targets)).toEqual([
      [
        {
          Arn: { Ref: expect.stringMatching(/^PeopleTopic/) },
          Id: 'Target0',
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^QueuesUndelivered/), 'Arn'] } },
        },
      ],
    ]);
  });

  test('is encrypted with the key of the configuration, if it names one', () => {
    const kmsKeyArn = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
    const keyOf = ({ platform }: typeof dev) =>
      ofType(platform, 'AWS::SNS::Topic').map(([, topic]) => topic.KmsMasterKeyId);
    expect(keyOf(dev)).toEqual([undefined]);
    expect(keyOf(synthesize('dev', { overrides: { kmsKeyArn } }))).toEqual([kmsKeyArn]);
  });
});

test('the registry is told what can be set of an agent, and the schema of its inputs', () => {
  const [greedy, modest] = ofType(dev.system, 'Custom::MusterAgent').map(([, { registration }]) =>
    AgentRegistration.parse(JSON.parse(textOf(registration))),
  );
  expect(greedy?.parameters).toEqual({
    schema: { type: 'object', properties: { rows: { type: 'number', default: 100 } } },
    defaults: { rows: 100 },
  });
  expect(greedy?.capabilities['sample.load']?.input_schema).toMatchObject({ required: ['table'] });
  expect(modest?.parameters).toBeUndefined();
});
