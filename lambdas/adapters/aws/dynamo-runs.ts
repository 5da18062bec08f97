import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { RunRecord, Runs } from '../../runtime/ports.ts';
import { type Item, number, readNumber, readText, text } from '../items/attributes.ts';
import {
  decodeRun,
  END_STATES,
  encodeRun,
  expiryAfter,
  isEnd,
  KEEP_ENDED_DAYS,
  listPlace,
  runUnknown,
} from '../items/run-items.ts';
import {
  BY_CORRELATION,
  BY_TENANT,
  BY_WAKE,
  correlationKey,
  endedShard,
  endedShards,
  runIdOf,
  runKey,
  wakeShards,
} from '../items/table-layout.ts';
import { putIfAbsent } from './conditional-put.ts';
import { readOpenRuns } from './dynamo-open-runs.ts';
import { setWakeRow } from './dynamo-wake-rows.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

export interface DynamoRunsOptions {
  /** How long the record of an ended run stays; default and least: 90. */
  readonly keepEndedDays?: number;
}

const ENDS = Object.fromEntries(END_STATES.map((end, i) => [`:end${i}`, text(end)]));

const NOT_ENDED = 'attribute_exists(pk) AND NOT #status IN (:end0, :end1, :end2)';
const NOT_REOPENED_SINCE = '(attribute_not_exists(reopened_at) OR reopened_at <= :at)';

/** Run records and wake rows in the state table. */
export function dynamoRuns(client: DynamoDBClient, table: string, options: DynamoRunsOptions = {}): Runs {
  const CODE = 'state_store_unavailable';
  const keepDays = Math.max(options.keepEndedDays ?? KEEP_ENDED_DAYS, KEEP_ENDED_DAYS);
  const recordKey = (runId: string): Item => ({ pk: text(runKey(runId)), sk: text('A#run') });

  async function find(runId: string): Promise<RunRecord | undefined> {
    const { Item: item } = await client.send(
      new GetItemCommand({ TableName: table, Key: recordKey(runId), ConsistentRead: true }),
    );
    return item && decodeRun(item);
  }

  return {
    create: (record) =>
      serviceCall(CODE, 'creating a run', async () => {
        const existing = await putIfAbsent(client, table, encodeRun(record, keepDays));
        return existing ? { created: false, existing: decodeRun(existing) } : { created: true };
      }),

    get: (runId) => serviceCall(CODE, 'reading a run', () => find(runId)),

    setStatus: (runId, status, at, error) =>
      serviceCall(CODE, 'setting the status of a run', async () => {
        const ended = isEnd(status);
        const sets = ['#status = :status'];
        if (ended) sets.push('ended_at = :at', 'expires_at = :expiry', 'wake_shard = :shard', 'wake_at = :at');
        if (error) sets.push('#error = :error');
        try {
          await client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: recordKey(runId),
              UpdateExpression: `SET ${sets.join(', ')}`,
              ConditionExpression: ended ? `${NOT_ENDED} AND ${NOT_REOPENED_SINCE}` : NOT_ENDED,
              ExpressionAttributeNames: { '#status': 'status', ...(error && { '#error': 'error' }) },
              ExpressionAttributeValues: {
                ':status': text(status),
                ...ENDS,
                ...(ended && {
                  ':at': number(at),
                  ':expiry': number(expiryAfter(at, keepDays)),
                  ':shard': text(endedShard(runId)),
                }),
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

    reopen: (runId, at) =>
      serviceCall(CODE, 'reopening a run', async () => {
        try {
          await client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: recordKey(runId),
              UpdateExpression:
                'SET #status = :running, reopened_at = :at REMOVE ended_at, expires_at, wake_shard, wake_at, #error',
              ConditionExpression:
                '#status IN (:end0, :end1, :end2) AND (attribute_not_exists(reopened_at) OR reopened_at < :at)',
              ExpressionAttributeNames: { '#status': 'status', '#error': 'error' },
              ExpressionAttributeValues: { ':running': text('running'), ':at': number(at), ...ENDS },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            }),
          );
        } catch (failure) {
          if (!(failure instanceof ConditionalCheckFailedException)) throw failure;
          if (!failure.Item) throw runUnknown(runId);
        }
      }),

    list: (tenant, limit, before) =>
      serviceCall(CODE, 'listing runs', async () => {
        const query = {
          TableName: table,
          IndexName: BY_TENANT.index,
          KeyConditionExpression: `#tenant = :tenant${before ? ' AND #requested < :before' : ''}`,
          ExpressionAttributeNames: {
            '#tenant': BY_TENANT.partition,
            ...(before && { '#requested': BY_TENANT.sort }),
          },
          ExpressionAttributeValues: {
            ':tenant': text(tenant),
            ...(before && { ':before': text(listPlace(before)) }),
          },
          ScanIndexForward: false,
        };
        return (await queryAll(client, query, limit)).map(decodeRun);
      }),

    correlated: (tenant, correlationId, limit) =>
      serviceCall(CODE, 'looking for the runs of a correlation', async () => {
        const query = {
          TableName: table,
          IndexName: BY_CORRELATION.index,
          KeyConditionExpression: '#correlated = :correlated',
          ExpressionAttributeNames: { '#correlated': BY_CORRELATION.partition },
          ExpressionAttributeValues: { ':correlated': text(correlationKey(tenant, correlationId)) },
          ScanIndexForward: false,
        };
        const keys = await queryAll(client, query, limit);
        const records = await Promise.all(keys.map((item) => find(runIdOf(readText(item, 'pk')))));
        return records.filter((record) => record !== undefined);
      }),

    open: (next) => serviceCall(CODE, 'listing open runs', () => readOpenRuns(client, table, next)),

    setWake: (runId, at, seq) =>
      serviceCall(CODE, 'setting the wake time of a run', () => setWakeRow(client, table, runId, at, seq)),

    overdue: (now, limit) => serviceCall(CODE, 'looking for overdue runs', () => due(wakeShards(), now, limit)),

    endedBefore: (at, limit) =>
      serviceCall(CODE, 'looking for runs to archive', () => due(endedShards(), at - 1, limit)),

    setArchived: (runId, endedAt, ref) =>
      serviceCall(CODE, 'setting where the journal of a run lies', async () => {
        try {
          await client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: recordKey(runId),
              UpdateExpression: 'SET archived = :ref REMOVE wake_shard, wake_at, expires_at',
              ConditionExpression: '#status IN (:end0, :end1, :end2) AND ended_at = :ended',
              ExpressionAttributeNames: { '#status': 'status' },
              ExpressionAttributeValues: { ':ref': text(JSON.stringify(ref)), ':ended': number(endedAt), ...ENDS },
            }),
          );
        } catch (failure) {
          if (!(failure instanceof ConditionalCheckFailedException)) throw failure;
        }
      }),
  };

  /** Ids of the rows in these shards whose time has come, the oldest first. */
  async function due(shards: readonly string[], now: number, limit: number): Promise<string[]> {
    const query = (shard: string) => ({
      TableName: table,
      IndexName: BY_WAKE.index,
      KeyConditionExpression: '#shard = :shard AND #at <= :now',
      ExpressionAttributeNames: { '#shard': BY_WAKE.partition, '#at': BY_WAKE.sort },
      ExpressionAttributeValues: { ':shard': text(shard), ':now': number(now) },
    });
    const found = await Promise.all(shards.map((shard) => queryAll(client, query(shard), limit)));
    return found
      .flat()
      .map((item) => ({ runId: runIdOf(readText(item, 'pk')), at: readNumber(item, BY_WAKE.sort) }))
      .sort((a, b) => a.at - b.at)
      .slice(0, limit)
      .map(({ runId }) => runId);
  }
}
