import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Rejections } from '../../runtime/ports.ts';
import { decodeRejection, encodeRejection, rejectionKey } from '../items/rejection-items.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'state_store_unavailable';

/** Rejections in the state table, beside the runs that they are about. */
export function dynamoRejections(client: DynamoDBClient, table: string): Rejections {
  return {
    record: (runId, rejection) =>
      serviceCall(CODE, 'noting a rejection', async () => {
        await client.send(new PutItemCommand({ TableName: table, Item: encodeRejection(runId, rejection) }));
      }),
    of: (runId) =>
      serviceCall(CODE, 'reading a rejection', async () => {
        const request = { TableName: table, Key: rejectionKey(runId), ConsistentRead: true };
        const { Item: item } = await client.send(new GetItemCommand(request));
        return item && decodeRejection(item);
      }),
  };
}
