import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { KeyPublication } from '../../access/ports.ts';
import { number } from '../items/attributes.ts';
import { decodePublishedKeys, encodePublishedKeys, publishedKeysKey } from '../items/identity-items.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'registry_unavailable';

/** The public keys of the embedded issuer, in the registry table. */
export function dynamoTokenKeys(client: DynamoDBClient, table: string): KeyPublication {
  return {
    read: () =>
      serviceCall(CODE, 'reading the public keys of tokens', async () => {
        const { Item: item } = await client.send(
          new GetItemCommand({ TableName: table, Key: publishedKeysKey(), ConsistentRead: true }),
        );
        return item && decodePublishedKeys(item);
      }),
    write: (published) =>
      serviceCall(CODE, 'publishing the keys of tokens', async () => {
        try {
          await client.send(
            new PutItemCommand({
              TableName: table,
              Item: encodePublishedKeys(published),
              ConditionExpression: published.version === 1 ? 'attribute_not_exists(pk)' : '#version = :before',
              ...(published.version > 1 && {
                ExpressionAttributeNames: { '#version': 'version' },
                ExpressionAttributeValues: { ':before': number(published.version - 1) },
              }),
            }),
          );
          return true;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return false;
          throw error;
        }
      }),
  };
}
