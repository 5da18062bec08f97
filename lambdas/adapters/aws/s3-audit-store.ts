import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { AuditStore } from '../../runtime/audit-store.ts';
import { type Item, number, text } from '../items/attributes.ts';
import {
  CHAINS,
  CHAINS_PREFIX,
  chainPrefix,
  decodeAnchor,
  decodeHead,
  decodeRef,
  encodeAnchor,
  encodeHead,
  encodeRef,
  objectKey,
  refKey,
  rootKey,
  seqOf,
} from '../items/audit-items.ts';
import { queryAll } from './query-all.ts';
import { isServiceError, serviceCall } from './service-failure.ts';

const CODE = 'audit_unavailable';

/**
 * The audit in a bucket with object lock, and a table beside it. An object is written on condition that its key is free:
 * the bucket keeps every version for as long as its retention says, so nothing written can be lost either.
 */
export function s3AuditStore(s3: S3Client, dynamo: DynamoDBClient, bucket: string, table: string): AuditStore {
  const query = (pk: string) =>
    queryAll(dynamo, {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': text(pk) },
    });
  const get = async (key: Item): Promise<Item | undefined> =>
    (await dynamo.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;

  /** Unless the row is as far on already. */
  async function moveOn(item: Item): Promise<void> {
    try {
      await dynamo.send(
        new PutItemCommand({
          TableName: table,
          Item: item,
          ConditionExpression: 'attribute_not_exists(pk) OR q < :q',
          ExpressionAttributeValues: { ':q': item.q ?? number(0) },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async function pages<T>(
    input: { Prefix: string; Delimiter?: string },
    of: (page: ListObjectsV2CommandOutput) => T[],
  ): Promise<T[]> {
    const found: T[] = [];
    let token: string | undefined;
    do {
      const page: ListObjectsV2CommandOutput = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, ...input, ...(token && { ContinuationToken: token }) }),
      );
      found.push(...of(page));
      token = page.NextContinuationToken;
    } while (token);
    return found;
  }

  return {
    head: (chain) =>
      serviceCall(CODE, 'reading the head of a chain', async () => {
        const item = await get({ pk: text(CHAINS), sk: text(chain) });
        return item && decodeHead(item);
      }),

    heads: () => serviceCall(CODE, 'reading the heads of chains', async () => (await query(CHAINS)).map(decodeHead)),

    advance: (head) => serviceCall(CODE, 'moving the head of a chain', () => moveOn(encodeHead(head))),

    put: (chain, seq, body) =>
      serviceCall(CODE, 'writing an object of the audit', async () => {
        const Key = objectKey(chain, seq);
        const ContentType = 'application/x-ndjson';
        try {
          await s3.send(
            new PutObjectCommand({
              ...{ Bucket: bucket, Key, Body: body, ContentType, IfNoneMatch: '*' },
              // S3 asks for a checksum wherever objects are locked.
              ChecksumAlgorithm: 'SHA256',
            }),
          );
          return true;
        } catch (error) {
          if (isServiceError(error, 'PreconditionFailed', 'ConditionalRequestConflict')) return false;
          throw error;
        }
      }),

    read: (chain, seq) =>
      serviceCall(CODE, 'reading an object of the audit', async () => {
        try {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: objectKey(chain, seq) }));
          return await Body?.transformToString();
        } catch (error) {
          if (isServiceError(error, 'NoSuchKey', 'NotFound')) return undefined;
          throw error;
        }
      }),

    list: (chain) =>
      serviceCall(CODE, 'listing the audit', () =>
        pages({ Prefix: chainPrefix(chain) }, ({ Contents = [] }) =>
          Contents.flatMap(({ Key = '', LastModified }) => {
            const seq = seqOf(chain, Key);
            return seq === undefined ? [] : [{ seq, at: LastModified?.getTime() ?? 0 }];
          }),
        ),
      ),

    chains: () =>
      serviceCall(CODE, 'listing the chains of the audit', () =>
        pages({ Prefix: CHAINS_PREFIX, Delimiter: '/' }, ({ CommonPrefixes = [] }) =>
          CommonPrefixes.flatMap(({ Prefix }) => Prefix?.slice(CHAINS_PREFIX.length, -1) ?? []),
        ),
      ),

    noteCorrelation: (chain, correlationId, seq) =>
      serviceCall(CODE, 'indexing the audit', async () => {
        await dynamo.send(new PutItemCommand({ TableName: table, Item: encodeRef(chain, correlationId, seq) }));
      }),

    findCorrelation: (chain, correlationId) =>
      serviceCall(CODE, 'searching the audit', async () => (await query(refKey(chain, correlationId))).map(decodeRef)),

    noteAnchor: (anchor) => serviceCall(CODE, 'noting a root', () => moveOn(encodeAnchor(anchor))),

    anchorOf: (runId) =>
      serviceCall(CODE, 'looking up a root', async () => {
        const item = await get(rootKey(runId));
        return item && decodeAnchor(runId, item);
      }),
  };
}
