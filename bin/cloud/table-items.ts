import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { CliError } from '../cli-error.ts';

export type Item = Record<string, AttributeValue>;

/** What one request of DynamoDB takes. */
const BATCH = 25;
const TRIES = 8;

/** Every item of a table, strongly consistent; those of one partition key in the order of their sort keys. */
export async function* itemsOf(client: DynamoDBClient, table: string): AsyncGenerator<Item> {
  let from: Item | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: table, ConsistentRead: true, ...(from && { ExclusiveStartKey: from }) }),
    );
    yield* page.Items ?? [];
    from = page.LastEvaluatedKey;
  } while (from);
}

export async function isEmpty(client: DynamoDBClient, table: string): Promise<boolean> {
  const { Items: items = [] } = await client.send(new ScanCommand({ TableName: table, Limit: 1 }));
  return items.length === 0;
}

/** Collects items and writes them in batches; what DynamoDB has no room for is sent again. Call `flush` at the end. */
export function createWriter(client: DynamoDBClient, table: string) {
  let waiting: Item[] = [];

  async function flush(): Promise<void> {
    let left: WriteRequest[] = waiting.map((Item) => ({ PutRequest: { Item } }));
    waiting = [];
    for (let tries = 1; left.length > 0; tries += 1) {
      if (tries > TRIES) throw new CliError(`${table} does not take more items now`, 'run the same command again');
      const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: left } }));
      left = answer.UnprocessedItems?.[table] ?? [];
      if (left.length > 0) await sleep(50 * 2 ** tries);
    }
  }

  return {
    flush,
    async put(item: Item): Promise<void> {
      waiting.push(item);
      if (waiting.length === BATCH) await flush();
    },
  };
}
