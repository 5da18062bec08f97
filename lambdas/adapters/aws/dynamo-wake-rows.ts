import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { number, text } from '../items/attributes.ts';
import { encodeWake } from '../items/run-items.ts';
import { runKey } from '../items/table-layout.ts';

/** Sets or takes away a wake row, unless a later entry of the journal has set it: see `Runs.setWake`. */
export async function setWakeRow(
  client: DynamoDBClient,
  table: string,
  runId: string,
  at: number | undefined,
  seq: number | undefined,
): Promise<void> {
  const fence = seq !== undefined && {
    ConditionExpression: 'attribute_not_exists(set_by) OR set_by <= :seq',
    ExpressionAttributeValues: { ':seq': number(seq) },
  };
  const Key = { pk: text(runKey(runId)), sk: text('A#wake') };
  try {
    if (at === undefined) await client.send(new DeleteItemCommand({ TableName: table, Key, ...fence }));
    else await client.send(new PutItemCommand({ TableName: table, Item: encodeWake(runId, at, seq), ...fence }));
  } catch (failure) {
    if (!(failure instanceof ConditionalCheckFailedException)) throw failure;
  }
}
