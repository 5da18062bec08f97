import { describe, expect, test } from '@jest/globals';
import { grantsOf, grantsOfRole } from './support/policies.ts';
import { ofType, synthesize } from './support/synthesize.ts';

const { platform } = synthesize('prod');
const textOf = (value: unknown): string => JSON.stringify(value);
const bucketOf = (resources: typeof platform) =>
  ofType(resources, 'AWS::S3::Bucket').find(([id]) => id.startsWith('AuditObjects'))?.[1];

describe('the audit', () => {
  test('lies in a bucket whose objects are locked, every version of them', () => {
    expect(bucketOf(platform)).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 365 } },
      },
      VersioningConfiguration: { Status: 'Enabled' },
    });
  });

  test('can be locked so that nobody lifts it', () => {
    const strict = synthesize('prod', { overrides: { audit: { lock: 'compliance', retentionDays: 3_650 } } });
    expect(textOf(bucketOf(strict.platform))).toContain('"DefaultRetention":{"Days":3650,"Mode":"COMPLIANCE"}');
  });

  test('is written once: whoever would replace an object is refused', () => {
    const policy = ofType(platform, 'AWS::S3::BucketPolicy').find(([id]) => id.startsWith('AuditObjects'))?.[1];
    expect(textOf(policy)).toContain('"Condition":{"Null":{"s3:if-none-match":"true"}},"Effect":"Deny"');
  });

  test('is written by its own Lambda alone, which can not remove anything', () => {
    const writers = ofType(platform, 'AWS::IAM::Policy').flatMap(([id, policy]) =>
      grantsOf(policy).some(
        ({ action, resource }) => action.startsWith('s3:Put') && textOf(resource).includes('AuditObjects'),
      )
        ? [id]
        : [],
    );
    expect(writers).toEqual([expect.stringMatching(/^AuditLambdaRole/)]);
    const actions = grantsOfRole(platform, 'AuditLambdaRole').map(({ action }) => action);
    expect(actions.filter((action) => /Delete(Object|Item)|Retention|LegalHold/.test(action))).toEqual([]);
  });

  test('hears of what agents say to each other, and not of their figures', () => {
    const rule = ofType(platform, 'AWS::Events::Rule').find(([id]) => id.startsWith('AuditBetweenAgents'))?.[1];
    expect(rule).toMatchObject({
      EventPattern: {
        source: [{ prefix: 'muster.agent.' }],
        'detail-type': [{ 'anything-but': ['agent_status', 'task_heartbeat', 'task_progress'] }],
      },
    });
    expect(textOf(rule)).toContain('"SqsParameters":{"MessageGroupId":"_bus"}');
  });

  test('takes what the bus puts into its queue, which has no ids for duplicates', () => {
    const queue = ofType(platform, 'AWS::SQS::Queue').find(([id]) => /^QueuesAuditQueue/.test(id))?.[1];
    expect(queue).toMatchObject({ FifoQueue: true, ContentBasedDeduplication: true });
  });

  test('outlives its stack, unless it is not locked', () => {
    const dev = synthesize('dev').platform;
    expect(textOf(bucketOf(dev))).not.toContain('ObjectLock');
  });
});
