import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Blobs } from '../../runtime/ports.ts';
import type { Journal } from '../../workflow/journal.ts';
import { number, text } from '../items/attributes.ts';
import { decodeEntry, encodeEntry } from '../items/journal-items.ts';
import { snapshotItem, snapshotOf } from '../items/snapshot-state.ts';
import { entryKey, LAST_ENTRY, runKey } from '../items/table-layout.ts';
import { putIfAbsent } from './conditional-put.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

/** The journal in the state table: one item per turn, appended on condition that its number is free. */
export function dynamoJournal(client: DynamoDBClient, table: string, blobs: Blobs): Journal {
  const CODE = 'state_store_unavailable';
  return {
    read: (runId, after) =>
      serviceCall(CODE, 'reading the journal', async () => {
        const items = await queryAll(client, {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :run AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':run': text(runKey(runId)),
            ':from': text(entryKey(after + 1)),
            ':to': text(LAST_ENTRY),
          },
        });
        return items.map(decodeEntry);
      }),

    append: (runId, entry) =>
      serviceCall(CODE, 'appending to the journal', async () => {
        const existing = await putIfAbsent(client, table, encodeEntry(runId, entry));
        return existing ? { appended: false, existing: decodeEntry(existing) } : { appended: true };
      }),

    // May be read a little late: an older snapshot only means that more entries are folded.
    readSnapshot: (runId) =>
      serviceCall(CODE, 'reading a snapshot', async () => {
        const key = { pk: text(runKey(runId)), sk: text('A#snapshot') };
        const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key: key }));
        return item && (await snapshotOf(item, blobs));
      }),

    writeSnapshot: (runId, snapshot) =>
      serviceCall(CODE, 'writing a snapshot', async () => {
        try {
          await client.send(
            new PutItemCommand({
              TableName: table,
              Item: await snapshotItem(runId, snapshot, blobs),
              ConditionExpression: 'attribute_not_exists(pk) OR q < :seq OR (q = :seq AND g <> :engine)',
              ExpressionAttributeValues: { ':seq': number(snapshot.seq), ':engine': number(snapshot.engine) },
            }),
          );
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }),
  };
}
