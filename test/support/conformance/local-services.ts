import { randomBytes } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { dynamoClient, s3Client, sqsClient } from '../../../lambdas/adapters/aws/clients.ts';
import { s3Blobs } from '../../../lambdas/adapters/aws/s3-blobs.ts';
import { BY_CORRELATION, BY_TENANT, BY_WAKE } from '../../../lambdas/adapters/items/table-layout.ts';

type Index = typeof BY_TENANT | typeof BY_CORRELATION | typeof BY_WAKE;
const SORT_KEYS: Readonly<Record<string, 'S' | 'N'>> = { [BY_WAKE.sort]: 'N' };

/** The services of the local cloud that ports are compared on, under names of their own. */
export async function localServices(endpoint: string) {
  process.env.AWS_ACCESS_KEY_ID ??= 'test';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
  const settings = { region: 'us-east-1', endpoint };
  const dynamo = dynamoClient(settings);
  const sqs = sqsClient(settings);
  const s3 = s3Client(settings);
  const name = (kind: string): string => `conformance-${kind}-${randomBytes(6).toString('hex')}`;
  const bucket = name('blobs');
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));

  /** A table with nothing in it, so that lists and indexes hold no other sequence's rows. */
  async function createTable(keys: readonly string[], indexes: readonly Index[] = []) {
    const TableName = name('table');
    const attributes = new Set([...keys, ...indexes.flatMap(({ partition, sort }) => [partition, sort])]);
    const keySchema = ([partition, sort]: readonly string[]) => [
      { AttributeName: partition, KeyType: 'HASH' as const },
      ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' as const }]),
    ];
    await dynamo.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [...attributes].map((AttributeName) => ({
          AttributeName,
          AttributeType: SORT_KEYS[AttributeName] ?? 'S',
        })),
        KeySchema: keySchema(keys),
        ...(indexes.length > 0 && {
          GlobalSecondaryIndexes: indexes.map(({ index, partition, sort }) => ({
            IndexName: index,
            KeySchema: keySchema([partition, sort]),
            Projection: { ProjectionType: 'ALL' as const },
          })),
        }),
      }),
    );
    return {
      table: TableName,
      drop: async () => void (await dynamo.send(new DeleteTableCommand({ TableName }))),
    };
  }

  return {
    dynamo,
    sqs,
    name,
    blobs: s3Blobs(s3, bucket),
    /** As the stacks make them: partition and sort key, and the state table's indexes. */
    stateTable: () => createTable(['pk', 'sk'], [BY_TENANT, BY_CORRELATION, BY_WAKE]),
    registryTable: () => createTable(['pk', 'sk']),
    budgetsTable: () => createTable(['pk', 'sk']),
    claimsTable: () => createTable(['pk']),
    ledgerTable: () => createTable(['pk', 'sk']),
    close: () => {
      for (const client of [dynamo, sqs, s3]) client.destroy();
    },
  };
}

export type LocalServices = Awaited<ReturnType<typeof localServices>>;
