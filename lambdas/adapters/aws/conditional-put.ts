import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Item } from '../items/attributes.ts';

/**
 * Puts an item where there is none yet; answers what is there otherwise (our own item, when an earlier try got
 * through and its answer was lost).
 */
export async function putIfAbsent(client: DynamoDBClient, table: string, item: Item): Promise<Item | undefined> {
  try {
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: item,
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    if (error.Item) return error.Item;
    const key = { pk: item.pk ?? { S: '' }, ...(item.sk && { sk: item.sk }) };
    const { Item: existing } = await client.send(
      new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
    );
    if (!existing) throw error;
    return existing;
  }
}
