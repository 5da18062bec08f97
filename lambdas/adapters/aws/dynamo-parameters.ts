import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { AgentParameters } from '../../contracts/control.ts';
import type { ParameterStore } from '../../runtime/ports.ts';
import { number, text } from '../items/attributes.ts';
import { decodeParameters, encodeNewestParameters, encodeParameters, parametersKey } from '../items/control-items.ts';
import { putIfAbsent } from './conditional-put.ts';
import { queryAll } from './query-all.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'registry_unavailable';

/**
 * Parameters of agents in the registry table. A version is written first, then the row that names the newest: a crash in
 * between is made good by repeating the same `put`.
 */
export function dynamoParameters(client: DynamoDBClient, table: string): ParameterStore {
  async function raiseNewest(agent: string, parameters: AgentParameters): Promise<void> {
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: encodeNewestParameters(agent, parameters),
          ConditionExpression: 'attribute_not_exists(pk) OR #version < :version',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':version': number(parameters.version) },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  return {
    history: (agent, limit) =>
      serviceCall(CODE, 'reading the parameters of an agent', async () => {
        const query = {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': text(parametersKey(agent)) },
          ScanIndexForward: false,
        };
        return (await queryAll(client, query, limit)).map(decodeParameters);
      }),

    put: (agent, parameters) =>
      serviceCall(CODE, 'setting parameters of an agent', async () => {
        const existing = await putIfAbsent(client, table, encodeParameters(agent, parameters));
        if (existing && canonicalJson(decodeParameters(existing)) !== canonicalJson(parameters)) return false;
        await raiseNewest(agent, parameters);
        return true;
      }),
  };
}
