import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Heartbeats } from '../../runtime/ports.ts';
import { text } from '../items/attributes.ts';
import { decodeHeartbeat, encodeHeartbeat, HEARTBEAT } from '../items/run-notes-items.ts';
import { runKey } from '../items/table-layout.ts';
import { putNewest } from './put-newest.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'state_store_unavailable';
/** Rows on their way at once. */
const PARALLEL = 16;

/** The last sign of life of each task, in the state table beside its run's own rows. */
export function dynamoHeartbeats(client: DynamoDBClient, table: string): Heartbeats {
  return {
    record: (beats) =>
      serviceCall(CODE, 'recording signs of life', async () => {
        const work = beats.values();
        await Promise.all(
          Array.from({ length: Math.min(PARALLEL, beats.length) }, async () => {
            for (const beat of work) await putNewest(client, table, encodeHeartbeat(beat));
          }),
        );
      }),

    of: (runId) =>
      serviceCall(CODE, 'reading signs of life', async () => {
        const items = await queryAll(client, {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': text(runKey(runId)), ':prefix': text(HEARTBEAT) },
        });
        return new Map(items.map(decodeHeartbeat).map((beat) => [beat.taskId, beat]));
      }),
  };
}
