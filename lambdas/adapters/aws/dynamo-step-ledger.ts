import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { StepLedger } from '../../runtime/ports.ts';
import { text } from '../items/attributes.ts';
import { decodeStep, encodeStep } from '../items/ledger-items.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'ledger_unavailable';

/** Steps in a table of their own, whose partition keys begin with the agent's name: IAM lets no other agent at them. */
export function dynamoStepLedger(client: DynamoDBClient, table: string): StepLedger {
  return {
    read: (task) =>
      serviceCall(CODE, 'reading recorded steps', async () => {
        const items = await queryAll(client, {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': text(task) },
        });
        return items.map(decodeStep);
      }),

    append: (task, record, keepUntil) =>
      serviceCall(CODE, 'recording a step', async () => {
        const item = encodeStep(task, record, keepUntil);
        const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
        try {
          await client.send(new PutItemCommand({ TableName: table, Item: item, ...condition }));
          return true;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return false;
          throw error;
        }
      }),
  };
}
