import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { SharedCache } from '../../runtime/pools/two-level-cache.ts';
import { cacheKey, decodeCached, encodeCached } from '../items/cache-items.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'cache_unavailable';

/** The second level of an agent's cache, in a table whose keys begin with the agent's name. What is too large is not kept. */
export function dynamoSharedCache(client: DynamoDBClient, table: string, agent: string): SharedCache {
  return {
    get: (key) =>
      serviceCall(CODE, 'reading the cache', async () => {
        const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key: cacheKey(agent, key) }));
        return item && decodeCached(item);
      }),
    put: (key, value, until) =>
      serviceCall(CODE, 'writing the cache', async () => {
        const item = encodeCached(agent, key, value, until);
        if (item) await client.send(new PutItemCommand({ TableName: table, Item: item }));
      }),
  };
}
