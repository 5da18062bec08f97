import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Blobs } from '../../runtime/ports.ts';
import type { RunEvent } from '../../workflow/events.ts';
import type { Journal, JournalArchive } from '../../workflow/journal.ts';
import { encodeArchiveMark, entriesIn } from '../items/archive-items.ts';
import { number, text } from '../items/attributes.ts';
import { decodeEntry, encodeEntry } from '../items/journal-items.ts';
import { expiryAfter } from '../items/run-items.ts';
import { snapshotItem, snapshotOf } from '../items/snapshot-state.ts';
import { entryKey, LAST_ENTRY, runKey } from '../items/table-layout.ts';
import { putIfAbsent } from './conditional-put.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

/** Deletions at once. */
const AT_ONCE = 25;

/**
 * The journal in the state table: one item per turn, appended on condition that its number is free.
 * @param keepDays entries are forgotten after so many days, snapshots after twice as many; default: never
 */
export function dynamoJournal<E = RunEvent>(
  client: DynamoDBClient,
  table: string,
  blobs: Blobs,
  keepDays?: number,
): Journal<E> & JournalArchive {
  const CODE = 'state_store_unavailable';
  const expiry = (at: number, times: number): number | undefined =>
    keepDays === undefined ? undefined : expiryAfter(at, keepDays * times);
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
        return entriesIn<E>(items, after, blobs);
      }),

    append: (runId, entry) =>
      serviceCall(CODE, 'appending to the journal', async () => {
        const existing = await putIfAbsent(client, table, encodeEntry(runId, entry, expiry(entry.at, 1)));
        return existing ? { appended: false, existing: decodeEntry<E>(existing) } : { appended: true };
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
              Item: await snapshotItem(runId, snapshot, blobs, expiry(snapshot.at, 2)),
              ConditionExpression: 'attribute_not_exists(pk) OR q < :seq OR (q = :seq AND g <> :engine)',
              ExpressionAttributeValues: { ':seq': number(snapshot.seq), ':engine': number(snapshot.engine) },
            }),
          );
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }),

    archive: (runId, upTo, ref) =>
      serviceCall(CODE, 'archiving a journal', async () => {
        try {
          await client.send(
            new PutItemCommand({
              TableName: table,
              Item: encodeArchiveMark(runId, upTo, ref),
              ConditionExpression: 'attribute_not_exists(pk) OR q <= :upTo',
              ExpressionAttributeValues: { ':upTo': number(upTo) },
            }),
          );
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
        const sortKeys = ['A#snapshot', ...Array.from({ length: upTo }, (_, index) => entryKey(index + 1))];
        for (let from = 0; from < sortKeys.length; from += AT_ONCE) {
          const keys = sortKeys.slice(from, from + AT_ONCE).map((sk) => ({ pk: text(runKey(runId)), sk: text(sk) }));
          await Promise.all(keys.map((Key) => client.send(new DeleteItemCommand({ TableName: table, Key }))));
        }
      }),
  };
}
