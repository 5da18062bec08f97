import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { SystemError } from '../../contracts/errors.ts';
import { fullJitter, type Retrying } from '../batches.ts';
import { type Item, text } from '../items/attributes.ts';
import { secureRandom, systemSleep } from '../system.ts';
import type { ItemTable } from '../tenant-data/item-table.ts';
import { queryAll } from './query-all.ts';
import { type ServiceCode, serviceCall } from './service-failure.ts';

/** What one request of DynamoDB takes. */
const BATCH = 25;
const TRIES = 10;
const SYSTEM: Retrying = { sleep: systemSleep, random: secureRandom };

/** A table from end to end. @param sorted whether its rows have a sort key */
export function dynamoItemTable(
  client: DynamoDBClient,
  table: string,
  code: ServiceCode,
  sorted = true,
  retrying: Retrying = SYSTEM,
): ItemTable {
  const keyOf = ({ pk, sk }: Item): Item => ({ ...(pk && { pk }), ...(sorted && sk && { sk }) });

  async function removeBatch(keys: readonly Item[]): Promise<void> {
    let left: WriteRequest[] = keys.map((Key) => ({ DeleteRequest: { Key } }));
    for (let tries = 0; left.length > 0; tries++) {
      if (tries === TRIES) throw new SystemError(code, `${left.length} rows could not be removed: too much at once`);
      if (tries > 0) await retrying.sleep(fullJitter(tries, retrying.random));
      const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: left } }));
      left = answer.UnprocessedItems?.[table] ?? [];
    }
  }

  return {
    scan: (from) =>
      serviceCall(code, 'looking through a table', async () => {
        const page = await client.send(
          new ScanCommand({ TableName: table, ConsistentRead: true, ...(from && { ExclusiveStartKey: keyOf(from) }) }),
        );
        return { items: page.Items ?? [], ...(page.LastEvaluatedKey && { next: page.LastEvaluatedKey }) };
      }),

    get: (pk, sk) =>
      serviceCall(code, 'reading a row', async () => {
        const Key = keyOf({ pk: text(pk), sk: text(sk) });
        return (await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))).Item;
      }),

    partition: (pk, limit) =>
      serviceCall(code, 'reading a partition', () =>
        queryAll(
          client,
          {
            TableName: table,
            ConsistentRead: true,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': text(pk) },
          },
          limit,
        ),
      ),

    put: (item) =>
      serviceCall(code, 'writing a row', async () => {
        await client.send(new PutItemCommand({ TableName: table, Item: item }));
      }),

    remove: (items) =>
      serviceCall(code, 'removing rows', async () => {
        for (let from = 0; from < items.length; from += BATCH) {
          const keys = new Map(
            items.slice(from, from + BATCH).map((item) => [JSON.stringify(keyOf(item)), keyOf(item)]),
          );
          await removeBatch([...keys.values()]);
        }
      }),

    removeEntries: (key, map, names) =>
      serviceCall(code, 'taking entries out of a row', async () => {
        for (let from = 0; from < names.length; from += BATCH) {
          const some = names.slice(from, from + BATCH).map((name, place) => [`#n${place}`, name] as const);
          await client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: keyOf(key),
              UpdateExpression: `REMOVE ${some.map(([place]) => `#map.${place}`).join(', ')}`,
              ExpressionAttributeNames: { '#map': map, ...Object.fromEntries(some) },
            }),
          );
        }
      }),
  };
}
