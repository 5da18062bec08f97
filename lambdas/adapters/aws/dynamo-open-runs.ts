import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { readText, text } from '../items/attributes.ts';
import { isRun, OPEN_PAGE } from '../items/run-items.ts';
import { BY_WAKE, runIdOf, wakeShards } from '../items/table-layout.ts';

/** Where the next page begins: after this item of this shard. */
const Place = z.object({
  shard: z.number().int().nonnegative(),
  after: z.record(z.string(), z.union([z.object({ S: z.string() }), z.object({ N: z.string() })])).optional(),
});

/** A page of the runs that have not ended: each of them has a wake row, which goes when it ends. */
export async function readOpenRuns(client: DynamoDBClient, table: string, next: string | undefined) {
  const shards = wakeShards();
  const runIds: string[] = [];
  let place = next === undefined ? { shard: 0 } : Place.parse(JSON.parse(next));
  while (place.shard < shards.length && runIds.length < OPEN_PAGE) {
    const { Items: items = [], LastEvaluatedKey: after } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: BY_WAKE.index,
        KeyConditionExpression: '#shard = :shard',
        ExpressionAttributeNames: { '#shard': BY_WAKE.partition },
        ExpressionAttributeValues: { ':shard': text(shards[place.shard] ?? '') },
        Limit: OPEN_PAGE - runIds.length,
        ...(place.after && { ExclusiveStartKey: place.after }),
      }),
    );
    runIds.push(...items.map((item) => runIdOf(readText(item, 'pk'))).filter(isRun));
    place = Place.parse(after ? { shard: place.shard, after } : { shard: place.shard + 1 });
  }
  return { runIds, ...(place.shard < shards.length && { next: JSON.stringify(place) }) };
}
