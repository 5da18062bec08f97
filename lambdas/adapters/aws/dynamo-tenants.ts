import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { TenantRecord } from '../../contracts/tenants.ts';
import type { Clock } from '../../runtime/ports.ts';
import type { Tenants } from '../../tenancy/tenants.ts';
import { cached } from '../cached.ts';
import { number, text } from '../items/attributes.ts';
import { decodeTenant, encodeTenant, TENANTS, tenantItemKey } from '../items/tenant-items.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'registry_unavailable';
/** So long a container may go by what it knew of a tenant. */
const AGE_MS = 5_000;

/** Tenants in the registry table. */
export function dynamoTenants(client: DynamoDBClient, table: string, clock: Clock): Tenants {
  const read = cached(
    clock,
    AGE_MS,
    (tenant: string): Promise<TenantRecord | undefined> =>
      serviceCall(CODE, 'reading a tenant', async () => {
        const { Item: item } = await client.send(
          new GetItemCommand({ TableName: table, Key: tenantItemKey(tenant), ConsistentRead: true }),
        );
        return item && decodeTenant(item);
      }),
  );
  return {
    get: (tenant, fresh = false) => {
      if (fresh) read.forget();
      return read(tenant);
    },

    list: (after, limit) =>
      serviceCall(CODE, 'listing tenants', async () => {
        const query = {
          TableName: table,
          KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: { ':pk': text(TENANTS), ...(after !== undefined && { ':after': text(after) }) },
        };
        return (await queryAll(client, query, limit)).map(decodeTenant);
      }),

    put: (record) =>
      serviceCall(CODE, 'writing a tenant', async () => {
        const first = record.version === 1;
        try {
          await client.send(
            new PutItemCommand({
              TableName: table,
              Item: encodeTenant(record),
              ConditionExpression: first ? 'attribute_not_exists(pk)' : 'version = :before',
              ...(!first && { ExpressionAttributeValues: { ':before': number(record.version - 1) } }),
            }),
          );
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return false;
          throw error;
        } finally {
          read.forget();
        }
        return true;
      }),
  };
}
