import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Leases } from '../../runtime/pools/leases.ts';
import type { Clock } from '../../runtime/ports.ts';
import { number, text } from '../items/attributes.ts';
import { encodeLease, freePlaces, heldPlaces, leaseKey, leasesKey } from '../items/lease-items.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'leases_unavailable';
/** Free places that are tried, at most: who loses them all asks again after a while. */
const TRIES = 4;

/** A row for each place. To take one is a conditional put, so no two hold the same, whoever else asks at the moment. */
export function dynamoLeases(client: DynamoDBClient, table: string, clock: Clock): Leases {
  async function takePlace(name: string, place: number, holder: string, until: number): Promise<boolean> {
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: encodeLease(name, place, holder, until),
          // Our own row: an earlier try got through, and its answer was lost.
          ConditionExpression: 'attribute_not_exists(pk) OR #until <= :now OR holder = :holder',
          ExpressionAttributeNames: { '#until': 'until' },
          ExpressionAttributeValues: { ':now': number(clock.now()), ':holder': text(holder) },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  return {
    take: (name, places, holder, until) =>
      serviceCall(CODE, 'taking a place', async () => {
        const rows = await queryAll(client, {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': text(leasesKey(name)) },
        });
        const free = freePlaces(places, heldPlaces(rows, clock.now()), holder);
        for (const place of free.slice(0, TRIES)) if (await takePlace(name, place, holder, until)) return place;
        return undefined;
      }),

    giveBack: (name, place, holder) =>
      serviceCall(CODE, 'giving a place back', async () => {
        try {
          await client.send(
            new DeleteItemCommand({
              TableName: table,
              Key: leaseKey(name, place),
              ConditionExpression: 'holder = :holder',
              ExpressionAttributeValues: { ':holder': text(holder) },
            }),
          );
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }),
  };
}
