import {
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DeleteObjectsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoItemTable } from '../../../lambdas/adapters/aws/dynamo-item-table.ts';
import { s3ObjectBucket } from '../../../lambdas/adapters/aws/s3-object-bucket.ts';

const dynamo = mockClient(DynamoDBClient);
const s3 = mockClient(S3Client);
const waits: number[] = [];
const retrying = { sleep: async (ms: number) => void waits.push(ms), random: () => 0.5 };
const table = (sorted = true) =>
  dynamoItemTable(new DynamoDBClient({}), 'state', 'state_store_unavailable', sorted, retrying);
const row = (index: number) => ({ pk: { S: `p${index}` }, sk: { S: 's' }, body: { S: 'x' } });

beforeEach(() => {
  dynamo.reset();
  s3.reset();
  waits.length = 0;
});

describe('a table from end to end', () => {
  test('is looked through consistently, and goes on where it was left', async () => {
    dynamo.on(ScanCommand).resolves({ Items: [row(1)], LastEvaluatedKey: { pk: { S: 'p1' }, sk: { S: 's' } } });
    const { items, next } = await table().scan(row(0));
    expect(items).toEqual([row(1)]);
    expect(next).toEqual({ pk: { S: 'p1' }, sk: { S: 's' } });
    expect(dynamo.commandCalls(ScanCommand)[0]?.args[0].input).toEqual({
      ...{ TableName: 'state', ConsistentRead: true, ExclusiveStartKey: { pk: { S: 'p0' }, sk: { S: 's' } } },
    });
  });

  test('loses rows by 25, each once, and those that were left out again', async () => {
    const left = { state: [{ DeleteRequest: { Key: { pk: { S: 'p1' }, sk: { S: 's' } } } }] };
    dynamo.on(BatchWriteItemCommand).resolvesOnce({ UnprocessedItems: left }).resolves({});
    await table().remove([...Array.from({ length: 26 }, (_, index) => row(index)), row(25)]);
    const sizes = dynamo
      .commandCalls(BatchWriteItemCommand)
      .map(({ args }) => args[0].input.RequestItems?.state?.length);
    expect(sizes).toEqual([25, 1, 1]);
    expect(waits).toHaveLength(1);
  });

  test('says so when it takes no more', async () => {
    const left = { state: [{ DeleteRequest: { Key: { pk: { S: 'p1' } } } }] };
    dynamo.on(BatchWriteItemCommand).resolves({ UnprocessedItems: left });
    await expect(table().remove([row(1)])).rejects.toMatchObject({ code: 'state_store_unavailable', class: 'system' });
  });

  test('loses entries of a row by their names, whatever those are', async () => {
    dynamo.on(UpdateItemCommand).resolves({});
    await table().removeEntries(row(1), 'topics', ['acme agent:a', 'acme metrics']);
    expect(dynamo.commandCalls(UpdateItemCommand).map(({ args }) => args[0].input)).toEqual([
      {
        ...{ TableName: 'state', Key: { pk: { S: 'p1' }, sk: { S: 's' } } },
        UpdateExpression: 'REMOVE #map.#n0, #map.#n1',
        ExpressionAttributeNames: { '#map': 'topics', '#n0': 'acme agent:a', '#n1': 'acme metrics' },
      },
    ]);
  });

  test('without sort keys is asked for none', async () => {
    dynamo.on(BatchWriteItemCommand).resolves({});
    dynamo.on(GetItemCommand).resolves({});
    dynamo.on(QueryCommand).resolves({ Items: [] });
    await table(false).remove([row(1)]);
    expect(dynamo.commandCalls(BatchWriteItemCommand)[0]?.args[0].input.RequestItems?.state).toEqual([
      { DeleteRequest: { Key: { pk: { S: 'p1' } } } },
    ]);
    expect(await table().get('p', 's')).toBeUndefined();
    expect(await table().partition('p')).toEqual([]);
  });
});

describe('a bucket', () => {
  test('is listed page by page, and loses objects by a thousand', async () => {
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'acme/a' }], NextContinuationToken: 'more' });
    s3.on(DeleteObjectsCommand).resolves({});
    const bucket = s3ObjectBucket(new S3Client({}), 'blobs');
    expect(await bucket.list('acme/', 'before')).toEqual({ keys: ['acme/a'], next: 'more' });
    await bucket.remove(Array.from({ length: 1_001 }, (_, index) => `acme/${index}`));
    expect(s3.commandCalls(DeleteObjectsCommand).map(({ args }) => args[0].input.Delete?.Objects?.length)).toEqual([
      1_000, 1,
    ]);
  });

  test('says so when objects are left', async () => {
    s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: 'acme/a', Code: 'AccessDenied' }] });
    await expect(s3ObjectBucket(new S3Client({}), 'blobs').remove(['acme/a'])).rejects.toMatchObject({
      class: 'system',
    });
  });
});
