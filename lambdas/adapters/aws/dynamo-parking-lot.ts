import { DeleteItemCommand, type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Blobs, ParkedMessage, ParkingLot } from '../../runtime/ports.ts';
import { type Item, readNumber, readText, text } from '../items/attributes.ts';
import {
  dayKey,
  dayOf,
  decodeParked,
  encodeParked,
  encodeParkedKey,
  encodeParkedMark,
  encodeParkedOf,
  PARKED_DAYS,
  parkedKeyOf,
  parkedOfKey,
} from '../items/parked-items.ts';
import { putIfAbsent } from './conditional-put.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

/**
 * Parked messages in the state table, a partition per day. The mark comes first and settles the time, so that parking
 * again after a crash half-way writes the same rows.
 */
export function dynamoParkingLot(client: DynamoDBClient, table: string, blobs: Blobs): ParkingLot {
  const CODE = 'state_store_unavailable';
  const newestOf = (pk: string, limit?: number): Promise<Item[]> =>
    queryAll(
      client,
      {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': text(pk) },
        ScanIndexForward: false,
        ConsistentRead: true,
      },
      limit,
    );

  /** Of that which was removed halfway nothing is there any more. */
  async function ofTenant(tenant: string, limit: number): Promise<ParkedMessage[]> {
    const keys = (await newestOf(parkedOfKey(tenant), limit)).map(parkedKeyOf);
    const rows = await Promise.all(
      keys.map((Key) => client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))),
    );
    return Promise.all(rows.flatMap(({ Item: item }) => (item ? [decodeParked(item, blobs)] : [])));
  }

  return {
    park: (message) =>
      serviceCall(CODE, 'parking a message', async () => {
        const earlier = await putIfAbsent(client, table, encodeParkedMark(message));
        const parked: ParkedMessage = earlier ? { ...message, at: readNumber(earlier, 'at') } : message;
        const day: Item = { pk: text(PARKED_DAYS), sk: text(dayOf(parked.at)) };
        await client.send(new PutItemCommand({ TableName: table, Item: day }));
        await putIfAbsent(client, table, await encodeParked(parked, blobs));
        if (parked.tenant !== '')
          await client.send(new PutItemCommand({ TableName: table, Item: encodeParkedOf(parked) }));
      }),

    remove: (message) =>
      serviceCall(CODE, 'removing a parked message', async () => {
        await client.send(new DeleteItemCommand({ TableName: table, Key: encodeParkedKey(message) }));
        if (message.tenant === '') return;
        const { pk, sk } = encodeParkedOf(message);
        await client.send(new DeleteItemCommand({ TableName: table, Key: { ...(pk && { pk }), ...(sk && { sk }) } }));
      }),

    list: (limit, tenant) =>
      serviceCall(CODE, 'listing parked messages', async () => {
        if (tenant !== undefined) return ofTenant(tenant, limit);
        const found: Item[] = [];
        for (const day of await newestOf(PARKED_DAYS)) {
          if (found.length >= limit) break;
          found.push(...(await newestOf(dayKey(readText(day, 'sk')), limit - found.length)));
        }
        return Promise.all(found.map((item) => decodeParked(item, blobs)));
      }),
  };
}
