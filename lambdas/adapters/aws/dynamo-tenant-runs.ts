import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OpenRuns } from '../../tenancy/open-runs.ts';
import { text } from '../items/attributes.ts';
import { decodeOpenRun, encodeEarly, encodeOpenRun, openRunsKey } from '../items/tenant-items.ts';
import { putIfAbsent } from './conditional-put.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'state_store_unavailable';

/** The open runs of each tenant, in the state table. */
export function dynamoTenantRuns(client: DynamoDBClient, table: string): OpenRuns {
  return {
    enter: (tenant, runId, at) =>
      serviceCall(CODE, 'counting a run', async () => {
        await putIfAbsent(client, table, encodeOpenRun(tenant, runId, at));
      }),

    leave: (tenant, runId) =>
      serviceCall(CODE, 'taking a run off', async () => {
        const Key = { pk: text(openRunsKey(tenant)), sk: text(runId) };
        await client.send(new DeleteItemCommand({ TableName: table, Key }));
      }),

    early: (tenant, runId, at) =>
      serviceCall(CODE, 'noting a run to come', async () => {
        await putIfAbsent(client, table, encodeEarly(tenant, runId, at));
      }),

    list: (tenant) =>
      serviceCall(CODE, 'counting the open runs of a tenant', async () => {
        const items = await queryAll(client, {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': text(openRunsKey(tenant)) },
        });
        return items.map(decodeOpenRun);
      }),
  };
}
