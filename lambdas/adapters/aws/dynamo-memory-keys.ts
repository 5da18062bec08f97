import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { MemoryKey, MemoryKeys } from '../../runtime/memory/memory-stores.ts';
import { type Item, readText, text } from '../items/attributes.ts';
import { newKey, ownerOf } from '../memory-keys.ts';
import { queryAll } from './query-all.ts';
import { isServiceError, serviceCall } from './service-failure.ts';

const CODE = 'memory_unavailable';
const KEYS_AT_ONCE = 100;

/** Keys in a table of their own without backups: a row that is deleted is nowhere else. */
export function dynamoMemoryKeys(client: DynamoDBClient, table: string): MemoryKeys {
  const keyOf = (tenant: string, owner: string): Item => ({ pk: text(tenant), sk: text(owner) });

  async function find(tenant: string, owner: string): Promise<MemoryKey | undefined> {
    const { Item: item } = await client.send(
      new GetItemCommand({ TableName: table, Key: keyOf(tenant, owner), ConsistentRead: true }),
    );
    return item && decode(item);
  }

  async function make(tenant: string, subject: string | undefined): Promise<MemoryKey | undefined> {
    const key = newKey(subject);
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: { ...keyOf(tenant, ownerOf(subject)), key_id: text(key.id), secret: { B: key.secret } },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return key;
    } catch (error) {
      if (isServiceError(error, 'ConditionalCheckFailedException')) return undefined;
      throw error;
    }
  }

  const all = (tenant: string): Promise<Item[]> =>
    queryAll(client, {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': text(tenant) },
      ProjectionExpression: 'pk, sk',
    });

  return {
    countTenant: (tenant) => serviceCall(CODE, 'counting keys', async () => (await all(tenant)).length),

    destroyTenant: (tenant) =>
      serviceCall(CODE, 'destroying the keys of a tenant', async () => {
        const keys = await all(tenant);
        for (const Key of keys) await client.send(new DeleteItemCommand({ TableName: table, Key }));
        return keys.length;
      }),

    forSubject: (tenant, subject) =>
      serviceCall(CODE, 'reading a key', async () => {
        const key =
          (await find(tenant, ownerOf(subject))) ??
          (await make(tenant, subject)) ??
          (await find(tenant, ownerOf(subject)));
        if (key === undefined) throw new Error('the key was destroyed at this moment');
        return key;
      }),

    read: (tenant, ids) =>
      serviceCall(CODE, 'reading keys', async () => {
        const owners = [...new Set(ids.map((id) => id.split('.')[0] ?? ''))].filter((owner) => owner !== '');
        const found = new Map<string, MemoryKey>();
        for (let from = 0; from < owners.length; from += KEYS_AT_ONCE) {
          let wanted = owners.slice(from, from + KEYS_AT_ONCE).map((owner) => keyOf(tenant, owner));
          while (wanted.length > 0) {
            const { Responses, UnprocessedKeys } = await client.send(
              new BatchGetItemCommand({ RequestItems: { [table]: { Keys: wanted, ConsistentRead: true } } }),
            );
            for (const item of Responses?.[table] ?? []) {
              const key = decode(item);
              if (ids.includes(key.id)) found.set(key.id, key);
            }
            wanted = UnprocessedKeys?.[table]?.Keys ?? [];
          }
        }
        return found;
      }),

    destroy: (tenant, subject) =>
      serviceCall(CODE, 'destroying a key', async () => {
        const { Attributes } = await client.send(
          new DeleteItemCommand({ TableName: table, Key: keyOf(tenant, ownerOf(subject)), ReturnValues: 'ALL_OLD' }),
        );
        return Attributes !== undefined;
      }),
  };
}

const decode = (item: Item): MemoryKey => ({
  id: readText(item, 'key_id'),
  secret: item.secret?.B ?? new Uint8Array(),
});
