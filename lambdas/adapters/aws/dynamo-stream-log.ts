import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { STREAM_LIMITS, type Topic } from '../../contracts/stream.ts';
import type { StreamLog } from '../../runtime/stream/stream-ports.ts';
import { text } from '../items/attributes.ts';
import { decodeRow, encodeRow, logKey, seqKey } from '../items/stream-items.ts';
import { putIfAbsent } from './conditional-put.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'stream_store_unavailable';

/** What was said about each topic, in the streams table. */
export function dynamoStreamLog(client: DynamoDBClient, table: string): StreamLog {
  async function rowsFrom(tenant: string, topic: Topic, from: string, limit: number, forward: boolean) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk >= :from',
        ExpressionAttributeValues: { ':pk': text(logKey(tenant, topic)), ':from': text(from) },
        ConsistentRead: true,
        ScanIndexForward: forward,
        Limit: limit,
      }),
    );
    return Items.map(decodeRow);
  }

  return {
    append: (tenant, topic, row, expiresAt) =>
      serviceCall(CODE, 'writing what was said about a topic', async () => {
        const item = encodeRow(tenant, topic, row, expiresAt);
        const other = await putIfAbsent(client, table, item);
        // Our own, when an earlier try got through and its answer was lost.
        return other === undefined || JSON.stringify(decodeRow(other)) === JSON.stringify(row);
      }),

    tail: (tenant, topic, rows) =>
      serviceCall(CODE, 'reading the end of a log', async () =>
        (await rowsFrom(tenant, topic, '0', rows, false)).reverse(),
      ),

    read: (tenant, topic, after, rows) =>
      serviceCall(CODE, 'reading a log', async () => {
        // The row that holds the next number may begin before it. Those before it that are found too make no page short.
        const from = seqKey(Math.max(1, after + 2 - STREAM_LIMITS.recordsPerRow));
        const found = await rowsFrom(tenant, topic, from, rows + STREAM_LIMITS.recordsPerRow, true);
        return found.filter(({ first, records }) => first + records.length - 1 > after).slice(0, rows);
      }),
  };
}
