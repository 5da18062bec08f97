import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { s3AuditStore } from '../../../lambdas/adapters/aws/s3-audit-store.ts';
import { s3Siem } from '../../../lambdas/adapters/aws/s3-siem.ts';

const s3 = mockClient(S3Client);
const dynamo = mockClient(DynamoDBClient);
const store = s3AuditStore(new S3Client({}), new DynamoDBClient({}), 'objects', 'index');
const head = { chain: 'acme', seq: 7, hash: 'f'.repeat(64), at: 5 };

beforeEach(() => {
  s3.reset();
  dynamo.reset();
});

const refusedBy = (name: string) => new S3ServiceException({ name, $fault: 'client', $metadata: {} });

describe('the audit in S3', () => {
  test('writes an object on condition that there is none', async () => {
    s3.on(PutObjectCommand).resolves({});
    expect(await store.put('acme', 7, 'text')).toBe(true);
    const [call] = s3.commandCalls(PutObjectCommand);
    expect(call?.args[0].input).toMatchObject({
      ...{ Bucket: 'objects', Key: 'chains/acme/000000000007.ndjson', Body: 'text', IfNoneMatch: '*' },
      ChecksumAlgorithm: 'SHA256',
    });
  });

  test.each(['PreconditionFailed', 'ConditionalRequestConflict'])('says that there is one: %s', async (name) => {
    s3.on(PutObjectCommand).rejects(refusedBy(name));
    expect(await store.put('acme', 7, 'text')).toBe(false);
  });

  test('does not take any other refusal for one', async () => {
    s3.on(PutObjectCommand).rejects(refusedBy('AccessDenied'));
    await expect(store.put('acme', 7, 'text')).rejects.toMatchObject({ code: 'audit_unavailable' });
  });

  test('knows an object that is not there from one that can not be read', async () => {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'none', $metadata: {} }));
    expect(await store.read('acme', 7)).toBeUndefined();
    s3.on(GetObjectCommand).rejects(refusedBy('AccessDenied'));
    await expect(store.read('acme', 7)).rejects.toMatchObject({ code: 'audit_unavailable' });
  });

  test('lists a chain page by page, and nothing that is no object of it', async () => {
    const at = new Date(9);
    s3.on(ListObjectsV2Command, { Prefix: 'chains/acme/' })
      .resolvesOnce({
        Contents: [{ Key: 'chains/acme/000000000001.ndjson', LastModified: at }, { Key: 'chains/acme/notes.txt' }],
        NextContinuationToken: 'more',
      })
      .resolves({ Contents: [{ Key: 'chains/acme/000000000002.ndjson', LastModified: at }] });
    expect(await store.list('acme')).toEqual([
      { seq: 1, at: 9 },
      { seq: 2, at: 9 },
    ]);
  });

  test('names the chains that there are', async () => {
    s3.on(ListObjectsV2Command, { Prefix: 'chains/', Delimiter: '/' }).resolves({
      CommonPrefixes: [{ Prefix: 'chains/_platform/' }, { Prefix: 'chains/acme/' }],
    });
    expect(await store.chains()).toEqual(['_platform', 'acme']);
  });

  test('moves a head forward only', async () => {
    dynamo.on(PutItemCommand).rejects(new ConditionalCheckFailedException({ message: 'no', $metadata: {} }));
    await store.advance(head);
    const [call] = dynamo.commandCalls(PutItemCommand);
    expect(call?.args[0].input).toMatchObject({
      ...{ TableName: 'index', ConditionExpression: 'attribute_not_exists(pk) OR q < :q' },
      ExpressionAttributeValues: { ':q': { N: '7' } },
    });
  });

  test('reads back what it has written, consistently', async () => {
    dynamo.on(PutItemCommand).resolves({});
    await store.advance(head);
    await store.noteAnchor({ runId: 'run_1', seq: 3, hash: head.hash, chain: 'acme', object: 7 });
    await store.noteCorrelation('acme', 'c#1', 7);
    const [first, second, third] = dynamo.commandCalls(PutItemCommand).map(({ args }) => args[0].input.Item ?? {});
    dynamo
      .on(GetItemCommand)
      .resolvesOnce({ Item: first ?? {} })
      .resolves({ Item: second ?? {} });
    dynamo.on(QueryCommand).resolves({ Items: [third ?? {}] });
    expect(await store.head('acme')).toEqual(head);
    expect(await store.anchorOf('run_1')).toEqual({
      runId: 'run_1',
      seq: 3,
      hash: head.hash,
      chain: 'acme',
      object: 7,
    });
    expect(await store.findCorrelation('acme', 'c#1')).toEqual([7]);
    for (const { args } of dynamo.commandCalls(GetItemCommand)) expect(args[0].input.ConsistentRead).toBe(true);
  });
});

describe('security events in a bucket', () => {
  test('lie as lines under the day on which they happened', async () => {
    s3.on(PutObjectCommand).resolves({});
    const event = { time: Date.parse('2026-02-03T04:05:06Z'), message: 'one' };
    await s3Siem(new S3Client({}), 'objects').tell([event, event] as never, { chain: 'acme', seq: 7 });
    const [call] = s3.commandCalls(PutObjectCommand);
    expect(call?.args[0].input.Key).toBe('ocsf/2026/02/03/acme-000000000007.ndjson');
    expect(String(call?.args[0].input.Body).trimEnd().split('\n')).toHaveLength(2);
  });
});
