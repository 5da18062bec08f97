import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Item } from '../items/attributes.ts';

/** Every item of a query, page by page; at most `limit` of them when one is given. */
export async function queryAll(client: DynamoDBClient, input: QueryCommandInput, limit = Infinity): Promise<Item[]> {
  const items: Item[] = [];
  let from: QueryCommandInput['ExclusiveStartKey'];
  do {
    const page = await client.send(
      new QueryCommand({
        ...input,
        ...(Number.isFinite(limit) && { Limit: limit - items.length }),
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from && items.length < limit);
  return items;
}
