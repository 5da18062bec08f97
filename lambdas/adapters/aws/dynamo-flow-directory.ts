import { ConditionalCheckFailedException, DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { FlowDirectory } from '../../runtime/ports.ts';
import { number, text } from '../items/attributes.ts';
import { byNameAndKey, decodeFlow, encodeFlow, flowKey, flowPartitions } from '../items/flow-items.ts';
import { putNewest } from './put-newest.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'state_store_unavailable';

/** The flows that are in use, in the state table: a row each, by tenant. */
export function dynamoFlowDirectory(client: DynamoDBClient, table: string): FlowDirectory {
  return {
    note: (gate, at) => serviceCall(CODE, 'noting a flow', () => putNewest(client, table, encodeFlow(gate, at))),

    forget: (gate, at) =>
      serviceCall(CODE, 'forgetting a flow', async () => {
        try {
          await client.send(
            new DeleteItemCommand({
              TableName: table,
              Key: flowKey(gate),
              ConditionExpression: 'attribute_not_exists(pk) OR #at <= :at',
              ExpressionAttributeNames: { '#at': 'at' },
              ExpressionAttributeValues: { ':at': number(at) },
            }),
          );
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }),

    list: (tenant, limit) =>
      serviceCall(CODE, 'listing the flows', async () => {
        const found = await Promise.all(
          flowPartitions(tenant).map((partition) =>
            queryAll(
              client,
              {
                TableName: table,
                KeyConditionExpression: 'pk = :pk',
                ExpressionAttributeValues: { ':pk': text(partition) },
              },
              limit,
            ),
          ),
        );
        return found.flat().map(decodeFlow).sort(byNameAndKey).slice(0, limit);
      }),
  };
}
