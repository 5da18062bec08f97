import { describe, expect, test } from '@jest/globals';
import { ofType, synthesize } from './support/synthesize.ts';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

describe.each(['local', 'dev', 'prod'])('what is stored by stage %s', (stage) => {
  const { all } = synthesize(stage);
  const keyed = synthesize(stage, { overrides: { kmsKeyArn: KEY } }).all;

  test('every queue is encrypted, by a key of the deployment where it has one', () => {
    const queues = ofType(all, 'AWS::SQS::Queue');
    expect(queues.length).toBeGreaterThan(8);
    for (const [, queue] of queues) expect(queue.SqsManagedSseEnabled).toBe(true);
    for (const [, queue] of ofType(keyed, 'AWS::SQS::Queue')) expect(queue.KmsMasterKeyId).toBe(KEY);
  });

  test('every bucket is encrypted, keeps everybody out and knows no ACLs', () => {
    const buckets = ofType(all, 'AWS::S3::Bucket');
    expect(buckets.length).toBeGreaterThan(3);
    const by = (SSEAlgorithm: string) => ({
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm } }],
    });
    for (const [, bucket] of buckets)
      expect(bucket).toMatchObject({
        BucketEncryption: by('AES256'),
        PublicAccessBlockConfiguration: {
          ...{ BlockPublicAcls: true, BlockPublicPolicy: true },
          ...{ IgnorePublicAcls: true, RestrictPublicBuckets: true },
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      });
    for (const [, bucket] of ofType(keyed, 'AWS::S3::Bucket'))
      expect(bucket).toMatchObject({ BucketEncryption: by('aws:kms') });
  });

  test('every table is encrypted by a key of the deployment where it has one', () => {
    const tables = ofType(keyed, 'AWS::DynamoDB::Table');
    expect(tables.length).toBeGreaterThan(5);
    for (const [, table] of tables)
      expect(table.SSESpecification).toEqual({ KMSMasterKeyId: KEY, SSEEnabled: true, SSEType: 'KMS' });
  });
});
