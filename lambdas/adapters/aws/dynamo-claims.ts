import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Claims } from '../../runtime/ports.ts';
import { type Item, number, text } from '../items/attributes.ts';
import { claimSuperseded, decodeHeldUntil, decodeOutcome, encodeClaim, encodeOutcome } from '../items/claim-items.ts';
import { serviceCall } from './service-failure.ts';

/**
 * Claims in a table of their own, fenced by attempt: a later attempt takes over from an earlier one (the coordinator
 * sends it only when the earlier is over), an earlier one never from a later. Within one attempt there is one holder,
 * even after its time: whether its work took effect is not known. A settled claim is never taken again.
 */
export function dynamoClaims(client: DynamoDBClient, table: string): Claims {
  const CODE = 'claims_unavailable';

  async function read(key: string): Promise<Item | undefined> {
    const { Item: item } = await client.send(
      new GetItemCommand({ TableName: table, Key: { pk: text(key) }, ConsistentRead: true }),
    );
    return item;
  }

  return {
    claim: (key, attempt, holder, expiresAt) =>
      serviceCall(CODE, 'claiming work', () =>
        unlessRefused(() =>
          client.send(
            new PutItemCommand({
              TableName: table,
              Item: encodeClaim(key, attempt, holder, expiresAt),
              ConditionExpression:
                'attribute_not_exists(pk) OR (attribute_not_exists(outcome) AND ' +
                '(attempt < :attempt OR (attempt = :attempt AND holder = :holder)))',
              ExpressionAttributeValues: { ':attempt': number(attempt), ':holder': text(holder) },
            }),
          ),
        ),
      ),

    settle: (key, attempt, outcome) =>
      serviceCall(CODE, 'settling a claim', async () => {
        const settled = await unlessRefused(() =>
          client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: { pk: text(key) },
              UpdateExpression: 'SET outcome = if_not_exists(outcome, :outcome)',
              ConditionExpression: 'attempt = :attempt',
              ExpressionAttributeValues: { ':attempt': number(attempt), ':outcome': encodeOutcome(outcome) },
            }),
          ),
        );
        if (!settled) throw claimSuperseded(key, attempt);
      }),

    outcome: (key) =>
      serviceCall(CODE, 'reading an outcome', async () => {
        const item = await read(key);
        return item && decodeOutcome(item);
      }),

    heldUntil: (key) =>
      serviceCall(CODE, 'reading a claim', async () => {
        const item = await read(key);
        return item && decodeHeldUntil(item);
      }),
  };
}

async function unlessRefused(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
