import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineManifest } from '../../lambdas/contracts/manifest.ts';
import { STREAM_EVENTS } from '../../lambdas/contracts/stream-messages.ts';
import { STREAM_RECEIVES, STREAM_TELLER, VISIBILITY_FACTOR } from '../../lambdas/testing/topology.ts';
import { grantsOfRole, readable } from './support/policies.ts';
import { modest, SAMPLE } from './support/sample-system.ts';
import { ofType, synthesize } from './support/synthesize.ts';

const thinker = defineManifest({
  name: 'sample-thinker',
  description: 'Asks models',
  errorImpact: 'The tests of the infrastructure notice that something is missing.',
  uses: { models: ['fast'] },
  capabilities: { 'sample.think': { description: 'Thinks', input: z.string(), output: z.string() } },
});
const { platform, system } = synthesize('prod', {
  system: { ...SAMPLE, agents: [thinker, modest], workflows: [] },
  overrides: { models: { fast: { provider: 'bedrock', id: 'amazon.nova-lite-v1:0' } } },
});
const textOf = (value: unknown): string => JSON.stringify(value);
const lambda = (prefix: string): string =>
  textOf(ofType(platform, 'AWS::Lambda::Function').find(([id]) => id.startsWith(prefix))?.[1]);

describe('the WebSocket API', () => {
  test('has one Lambda that hears of everything, and stages that deploy by themselves', () => {
    const routes = ofType(platform, 'AWS::ApiGatewayV2::Route').filter(([id]) => id.startsWith('Stream'));
    expect(routes.map(([, { RouteKey }]) => RouteKey).sort()).toEqual(['$connect', '$default', '$disconnect']);
    const apis = ofType(platform, 'AWS::ApiGatewayV2::Api').filter(([, api]) => api.ProtocolType === 'WEBSOCKET');
    expect(apis).toHaveLength(1);
    const stages = ofType(platform, 'AWS::ApiGatewayV2::Stage').filter(([id]) => id.startsWith('Stream'));
    expect(stages.map(([, stage]) => stage)).toMatchObject([
      { StageName: 'v1', AutoDeploy: true, DefaultRouteSettings: { ThrottlingRateLimit: 500 } },
    ]);
  });

  test('answers over connections alone: no type that the local cloud does not know', () => {
    expect(ofType(platform, 'AWS::ApiGatewayV2::RouteResponse')).toEqual([]);
    expect(lambda('StreamSockets')).toContain('MUSTER_STREAM_API');
  });

  test.each(['StreamSockets', 'StreamTeller', 'StreamCloser'])(
    '%s may reach its connections, and no other API',
    (name) => {
      const grants = grantsOfRole(platform, `${name}Role`).filter(({ action }) => action.startsWith('execute-api:'));
      expect(grants.map(({ action }) => action)).toEqual([
        'execute-api:ManageConnections',
        'execute-api:ManageConnections',
      ]);
      for (const { resource } of grants) expect(textOf(resource)).toMatch(/v1\/(POST|DELETE)\/@connections\/\*/);
    },
  );
});

describe('what is told', () => {
  test('waits in order in a queue of its own, and is given up on sooner than what runs depend on', () => {
    const queue = ofType(platform, 'AWS::SQS::Queue').find(([id]) => id.startsWith('StreamToldQueue'))?.[1];
    expect(queue).toMatchObject({
      FifoQueue: true,
      ContentBasedDeduplication: true,
      DeduplicationScope: 'messageGroup',
      VisibilityTimeout: VISIBILITY_FACTOR * STREAM_TELLER.timeoutSeconds,
      RedrivePolicy: { maxReceiveCount: STREAM_RECEIVES },
    });
    const source = ofType(platform, 'AWS::Lambda::EventSourceMapping').find(([id]) =>
      id.startsWith('StreamSource'),
    )?.[1];
    expect(source).toMatchObject({
      BatchSize: STREAM_TELLER.batchSize,
      ScalingConfig: { MaximumConcurrency: STREAM_TELLER.maxConcurrency },
    });
  });

  test('comes from the bus where nothing else tells it, grouped by who says it', () => {
    const rule = ofType(platform, 'AWS::Events::Rule').find(([id]) => id.startsWith('StreamRule'))?.[1];
    expect(rule).toMatchObject({
      EventPattern: { 'detail-type': [...STREAM_EVENTS] },
      Targets: [{ SqsParameters: { MessageGroupId: '$.source' } }],
    });
  });

  test('the coordinator tells of runs, and reads of the table no more than who follows them', () => {
    const grants = grantsOfRole(platform, 'LambdasCoordinatorRole');
    expect(readable(grants)).toContain('sqs:SendMessage on StreamTold');
    const table = grants.filter(({ resource }) => textOf(resource).includes('StreamStreams'));
    expect(table).toMatchObject([
      {
        action: 'dynamodb:GetItem',
        condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['WATCH#*', 'WATCHES'] } },
      },
    ]);
    expect(lambda('LambdasCoordinator')).toContain('MUSTER_STREAM_QUEUE_URL');
  });

  test('agents with models do so too; the others can neither tell nor read', () => {
    const thinks = textOf(grantsOfRole(system, 'SampleThinkerWorkerRole'));
    expect(thinks).toMatch(/StreamTold/);
    expect(thinks).toMatch(/dynamodb:GetItem[^}]*StreamStreams/);
    expect(thinks).not.toMatch(/dynamodb:(Put|Delete|Update|BatchWrite)Item[^}]*StreamStreams/);
    expect(textOf(grantsOfRole(system, 'SampleModestWorkerRole'))).not.toMatch(/Stream(Told|Streams)/);
  });

  test('nobody but its Lambdas writes connections and logs', () => {
    const writers = ofType([...platform, ...system], 'AWS::IAM::Policy').flatMap(([id, policy]) =>
      /dynamodb:(Put|Delete|BatchWrite)Item[^}]*StreamStreams/.test(textOf(policy)) ? [id] : [],
    );
    expect(writers.map((id) => id.replace(/RoleDefaultPolicy.*/, '')).sort()).toEqual([
      'StreamCloser',
      'StreamSockets',
      'StreamTeller',
    ]);
  });
});
