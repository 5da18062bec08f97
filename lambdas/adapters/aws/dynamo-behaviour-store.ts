import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { BehaviourStore } from '../../runtime/behaviour-store.ts';
import type { Clock } from '../../runtime/ports.ts';
import { number, readNumber, text } from '../items/attributes.ts';
import {
  alertsKey,
  baselinesKey,
  decodeAlert,
  decodeStored,
  encodeAlert,
  encodeStored,
  headKey,
  leftOver,
} from '../items/behaviour-items.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'behaviour_store_unavailable';

/** Baselines and alerts in a table of their own. A version counts from the moment that the head names it. */
export function dynamoBehaviourStore(client: DynamoDBClient, table: string, clock: Clock): BehaviourStore {
  const itemsOf = (tenant: string) =>
    queryAll(client, {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': text(baselinesKey(tenant)) },
      ConsistentRead: true,
    });

  return {
    version: (tenant) =>
      serviceCall(CODE, 'looking for baselines', async () => {
        const Key = headKey(tenant);
        const { Item: head } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
        return head ? readNumber(head, 'version') : 0;
      }),

    load: (tenant) => serviceCall(CODE, 'reading baselines', async () => decodeStored(await itemsOf(tenant))),

    save: (tenant, behaviour) =>
      serviceCall(CODE, 'writing baselines', async () => {
        const writer = randomUUID();
        const { head, parts } = encodeStored(tenant, behaviour, writer, clock.now());
        for (const Item of parts) await client.send(new PutItemCommand({ TableName: table, Item }));
        try {
          await client.send(
            new PutItemCommand({
              TableName: table,
              Item: head,
              ConditionExpression: 'attribute_not_exists(pk) OR #version = :before',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':before': number(behaviour.version - 1) },
            }),
          );
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return false;
          throw error;
        }
        const keys = await queryAll(client, {
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :parts)',
          ProjectionExpression: 'pk, sk',
          ExpressionAttributeValues: { ':pk': text(baselinesKey(tenant)), ':parts': text('V#') },
        });
        for (const Key of leftOver(keys, behaviour.version, writer))
          await client.send(new DeleteItemCommand({ TableName: table, Key }));
        return true;
      }),

    keepAlert: (alert) =>
      serviceCall(CODE, 'keeping an alert', async () => {
        await client.send(new PutItemCommand({ TableName: table, Item: encodeAlert(alert) }));
      }),

    alerts: (tenant, limit) =>
      serviceCall(CODE, 'reading alerts', async () => {
        const newestFirst = {
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': text(alertsKey(tenant)) },
          ScanIndexForward: false,
        };
        return (await queryAll(client, newestFirst, limit)).map(decodeAlert);
      }),
  };
}
