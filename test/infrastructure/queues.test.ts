import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { AUDITED_EVENTS } from '../../lambdas/contracts/audited-events.ts';
import { ofType, type Resources, synthesize } from './support/synthesize.ts';

const Redrive = z.object({
  deadLetterTargetArn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  maxReceiveCount: z.number(),
});
const QueueProperties = z.looseObject({
  MessageRetentionPeriod: z.number(),
  VisibilityTimeout: z.number(),
  RedrivePolicy: Redrive.optional(),
  FifoQueue: z.boolean().optional(),
});
const Mapping = z.looseObject({
  EventSourceArn: z.unknown(),
  FunctionName: z.unknown(),
  FunctionResponseTypes: z.array(z.string()),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }),
});

const queuesOf = (resources: Resources) =>
  new Map(ofType(resources, 'AWS::SQS::Queue').map(([id, properties]) => [id, QueueProperties.parse(properties)]));
const timeoutsOf = (resources: Resources) =>
  new Map(ofType(resources, 'AWS::Lambda::Function').map(([id, properties]) => [id, Number(properties.Timeout)]));

describe.each(['local', 'dev', 'prod'])('queues of stage %s', (stage) => {
  const { platform, system } = synthesize(stage);

  test.each([
    ['platform', platform],
    ['system', system],
  ])(
    'each of the %s has a dead-letter queue that keeps messages longer, or is one with a consumer',
    (_name, resources) => {
      const queues = queuesOf(resources);
      const consumed = JSON.stringify(
        ofType(resources, 'AWS::Lambda::EventSourceMapping').map(([, mapping]) => mapping.EventSourceArn),
      );
      expect(queues.size).toBeGreaterThan(4);
      for (const [id, queue] of queues) {
        expect(consumed).toContain(`"${id}"`);
        if (!queue.RedrivePolicy) {
          expect(queue.MessageRetentionPeriod).toBe(14 * 86_400);
          expect(id).toMatch(/DeadLetters|Undelivered/);
          continue;
        }
        const target = queues.get(queue.RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0]);
        expect(target?.MessageRetentionPeriod).toBeGreaterThan(queue.MessageRetentionPeriod);
        expect(target?.FifoQueue).toBe(queue.FifoQueue);
      }
    },
  );

  test('messages stay hidden for six times the timeout of the Lambda that reads them', () => {
    const timeouts = new Map([...timeoutsOf(platform), ...timeoutsOf(system)]);
    const queues = new Map([...queuesOf(platform), ...queuesOf(system)]);
    const mappings = [platform, system]
      .flatMap((resources) => ofType(resources, 'AWS::Lambda::EventSourceMapping'))
      .map(([, properties]) => Mapping.parse(properties));
    for (const mapping of mappings) {
      const queue = [...queues].find(([id]) => JSON.stringify(mapping.EventSourceArn).includes(`"${id}"`))?.[1];
      const name = JSON.stringify(mapping.FunctionName);
      const timeout = [...timeouts].find(([id]) => name.includes(id))?.[1];
      expect(queue?.VisibilityTimeout).toBeGreaterThanOrEqual(6 * (timeout ?? Number.POSITIVE_INFINITY));
    }
    expect(mappings.length).toBe(queues.size);
  });

  test('a Lambda says which messages of a batch failed, and has a bound on its concurrency', () => {
    for (const [, properties] of [platform, system].flatMap((resources) =>
      ofType(resources, 'AWS::Lambda::EventSourceMapping'),
    )) {
      const mapping = Mapping.parse(properties);
      expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(mapping.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
    }
  });

  test('queues are encrypted and refuse what does not come by TLS', () => {
    for (const resources of [platform, system]) {
      const policies = JSON.stringify(ofType(resources, 'AWS::SQS::QueuePolicy'));
      for (const [id, properties] of ofType(resources, 'AWS::SQS::Queue')) {
        expect(properties.SqsManagedSseEnabled).toBe(true);
        expect(policies).toContain(`{"Ref":"${id}"}`);
      }
      expect(policies.match(/"aws:SecureTransport":"false"/g)?.length).toBe(queuesOf(resources).size);
    }
  });

  test('the coordinator reads in order per run, at high throughput', () => {
    const [, properties] =
      ofType(platform, 'AWS::SQS::Queue').find(([id]) => id.startsWith('QueuesCoordinatorQueue')) ?? [];
    expect(properties).toMatchObject({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
    expect(properties?.ContentBasedDeduplication).toBeUndefined();
  });

  test('what EventBridge can not deliver goes to a queue', () => {
    const Rule = z.looseObject({
      Targets: z.array(z.looseObject({ DeadLetterConfig: z.object({ Arn: z.unknown() }) })).min(1),
    });
    const rules = [platform, system].flatMap((resources) => ofType(resources, 'AWS::Events::Rule'));
    expect(rules.length).toBe(15);
    for (const [, rule] of rules) expect(() => Rule.parse(rule)).not.toThrow();
  });
});

test('events of one source do not make those of another wait', () => {
  const { all } = synthesize('dev');
  const toQueue = z.array(z.looseObject({ SqsParameters: z.object({}).loose() }));
  const rules = ofType(all, 'AWS::Events::Rule').filter(
    ([, { EventPattern, Targets }]) => EventPattern !== undefined && toQueue.safeParse(Targets).success,
  );
  expect(rules.length).toBe(5);
  for (const [id, rule] of rules)
    expect([id, rule.Targets]).toMatchObject([
      id,
      // The audit has one chain for them, and no agent waits for it.
      [{ SqsParameters: { MessageGroupId: id.startsWith('AuditBetweenAgents') ? AUDITED_EVENTS.group : '$.source' } }],
    ]);
});

test('a message is given up on after as many deliveries as the configuration says', () => {
  const { system } = synthesize('dev', { overrides: { agents: { maxReceives: 7 } } });
  const counts = [...queuesOf(system).values()].flatMap((queue) => queue.RedrivePolicy?.maxReceiveCount ?? []);
  expect(counts).toEqual([7, 7, 7, 7]);
});

test('with a key of its own, a deployment encrypts queues, tables and buckets with it', () => {
  const kmsKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const { all } = synthesize('prod', { overrides: { kmsKeyArn } });
  for (const [, queue] of ofType(all, 'AWS::SQS::Queue')) expect(queue.KmsMasterKeyId).toBe(kmsKeyArn);
  for (const [, table] of ofType(all, 'AWS::DynamoDB::Table'))
    expect(table.SSESpecification).toMatchObject({ KMSMasterKeyId: kmsKeyArn });
  for (const [, bucket] of ofType(all, 'AWS::S3::Bucket'))
    expect(JSON.stringify(bucket.BucketEncryption)).toContain(kmsKeyArn);
});
