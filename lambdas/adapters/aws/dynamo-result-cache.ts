import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { ResultCache } from '../../runtime/ports.ts';
import { decodeResult, encodeResult, resultKey } from '../items/run-notes-items.ts';
import { putNewest } from './put-newest.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'state_store_unavailable';

/** Last good results in the state table, a partition per workflow of a tenant. */
export function dynamoResultCache(client: DynamoDBClient, table: string): ResultCache {
  return {
    put: (tenant, workflow, taskId, result, at) =>
      serviceCall(CODE, 'keeping a result', () =>
        putNewest(client, table, encodeResult(resultKey(tenant, workflow, taskId), result, at)),
      ),

    get: (tenant, workflow, taskId) =>
      serviceCall(CODE, 'reading a kept result', async () => {
        const Key = resultKey(tenant, workflow, taskId);
        const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
        return item && decodeResult(item);
      }),
  };
}
