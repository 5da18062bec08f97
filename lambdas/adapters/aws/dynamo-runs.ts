import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Runs } from '../../runtime/ports.ts';
import { type Item, number, readNumber, readText, text } from '../items/attributes.ts';
import {
  decodeRun,
  END_STATES,
  encodeRun,
  encodeWake,
  expiryAfter,
  isEnd,
  KEEP_ENDED_DAYS,
  runUnknown,
} from '../items/run-items.ts';
import { BY_TENANT, BY_WAKE, runIdOf, runKey, wakeShards } from '../items/table-layout.ts';
import { putIfAbsent } from './conditional-put.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

export interface DynamoRunsOptions {
  /** How long the record of an ended run stays; default and least: 90. */
  readonly keepEndedDays?: number;
}

/** Run records and wake rows in the state table. */
export function dynamoRuns(client: DynamoDBClient, table: string, options: DynamoRunsOptions = {}): Runs {
  const CODE = 'state_store_unavailable';
  const keepDays = Math.max(options.keepEndedDays ?? KEEP_ENDED_DAYS, KEEP_ENDED_DAYS);
  const recordKey = (runId: string): Item => ({ pk: text(runKey(runId)), sk: text('A#run') });
  const wakeKey = (runId: string): Item => ({ pk: text(runKey(runId)), sk: text('A#wake') });

  return {
    create: (record) =>
      serviceCall(CODE, 'creating a run', async () => {
        const existing = await putIfAbsent(client, table, encodeRun(record, keepDays));
        return existing ? { created: false, existing: decodeRun(existing) } : { created: true };
      }),

    get: (runId) =>
      serviceCall(CODE, 'reading a run', async () => {
        const { Item: item } = await client.send(
          new GetItemCommand({ TableName: table, Key: recordKey(runId), ConsistentRead: true }),
        );
        return item && decodeRun(item);
      }),

    setStatus: (runId, status, at, error) =>
      serviceCall(CODE, 'setting the status of a run', async () => {
        const ended = isEnd(status);
        const sets = ['#status = :status'];
        if (ended) sets.push('ended_at = :at', 'expires_at = :expiry');
        if (error) sets.push('#error = :error');
        try {
          await client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: recordKey(runId),
              UpdateExpression: `SET ${sets.join(', ')}`,
              ConditionExpression: 'attribute_exists(pk) AND NOT #status IN (:end0, :end1, :end2)',
              ExpressionAttributeNames: { '#status': 'status', ...(error && { '#error': 'error' }) },
              ExpressionAttributeValues: {
                ':status': text(status),
                ...Object.fromEntries(END_STATES.map((end, i) => [`:end${i}`, text(end)])),
                ...(ended && { ':at': number(at), ':expiry': number(expiryAfter(at, keepDays)) }),
                ...(error && { ':error': text(JSON.stringify(error)) }),
              },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            }),
          );
        } catch (failure) {
          if (!(failure instanceof ConditionalCheckFailedException)) throw failure;
          if (!failure.Item) throw runUnknown(runId);
        }
      }),

    list: (tenant, limit) =>
      serviceCall(CODE, 'listing runs', async () => {
        const query = {
          TableName: table,
          IndexName: BY_TENANT.index,
          KeyConditionExpression: '#tenant = :tenant',
          ExpressionAttributeNames: { '#tenant': BY_TENANT.partition },
          ExpressionAttributeValues: { ':tenant': text(tenant) },
          ScanIndexForward: false,
        };
        return (await queryAll(client, query, limit)).map(decodeRun);
      }),

    setWake: (runId, at) =>
      serviceCall(CODE, 'setting the wake time of a run', async () => {
        await (at === undefined
          ? client.send(new DeleteItemCommand({ TableName: table, Key: wakeKey(runId) }))
          : client.send(new PutItemCommand({ TableName: table, Item: encodeWake(runId, at) })));
      }),

    overdue: (now, limit) =>
      serviceCall(CODE, 'looking for overdue runs', async () => {
        const query = (shard: string) => ({
          TableName: table,
          IndexName: BY_WAKE.index,
          KeyConditionExpression: '#shard = :shard AND #at <= :now',
          ExpressionAttributeNames: { '#shard': BY_WAKE.partition, '#at': BY_WAKE.sort },
          ExpressionAttributeValues: { ':shard': text(shard), ':now': number(now) },
        });
        const found = await Promise.all(wakeShards().map((shard) => queryAll(client, query(shard), limit)));
        return found
          .flat()
          .map((item) => ({ runId: runIdOf(readText(item, 'pk')), at: readNumber(item, BY_WAKE.sort) }))
          .sort((a, b) => a.at - b.at)
          .slice(0, limit)
          .map(({ runId }) => runId);
      }),
  };
}
