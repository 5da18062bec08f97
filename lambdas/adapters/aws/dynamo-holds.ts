import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Hold } from '../../contracts/control.ts';
import type { Clock, Holds } from '../../runtime/ports.ts';
import { cachedHolds } from '../cached-holds.ts';
import { number, text } from '../items/attributes.ts';
import { decodeHold, encodeHold, HOLDS } from '../items/control-items.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'registry_unavailable';

/** Holds in the registry table, a row for each tenant that ever had one. */
export function dynamoHolds(client: DynamoDBClient, table: string, clock: Clock): Holds {
  async function readAll(): Promise<ReadonlyMap<string, Hold>> {
    const items = await queryAll(client, {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': text(HOLDS) },
    });
    return new Map(items.map(decodeHold).filter((found) => found !== undefined));
  }
  const stored: Holds = {
    read: () => serviceCall(CODE, 'reading the holds', readAll),
    set: (scope, hold, at) =>
      serviceCall(CODE, 'setting a hold', async () => {
        try {
          await client.send(
            new PutItemCommand({
              TableName: table,
              Item: encodeHold(scope, hold, at),
              ConditionExpression: 'attribute_not_exists(pk) OR #at <= :at',
              ExpressionAttributeNames: { '#at': 'at' },
              ExpressionAttributeValues: { ':at': number(at) },
            }),
          );
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return false;
          throw error;
        }
        return true;
      }),
  };
  return cachedHolds(stored, clock);
}
