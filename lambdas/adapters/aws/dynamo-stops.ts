import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ALL_TENANTS, type Stop } from '../../contracts/control.ts';
import type { Clock, Stops } from '../../runtime/ports.ts';
import { cached } from '../cached.ts';
import { type Item, number } from '../items/attributes.ts';
import { encodeStop, holdItemKey, loadItemKey, stopIn, stopItemKey } from '../items/budget-items.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'budgets_unavailable';
/** How old `on` may be. */
const AGE_MS = 1_000;
/** Times that what one request leaves out is asked for again. */
const ROUNDS = 3;

export interface StopTables {
  /** Holds, and states of agents. */
  readonly registry: string;
  /** Runs. */
  readonly budgets: string;
}

/** Reads what holds and what people say of agents where it is written for everybody, and keeps the stops of runs. */
export function dynamoStops(client: DynamoDBClient, { registry, budgets }: StopTables, clock: Clock): Stops {
  async function readAll(tenant: string, runId: string, agent: string): Promise<Stop | undefined> {
    const held = [ALL_TENANTS, tenant].map(holdItemKey);
    const found: Item[] = [];
    let wanted: Record<string, { Keys: Item[] }> = {
      [registry]: { Keys: [...held, loadItemKey(agent)] },
      [budgets]: { Keys: [stopItemKey(runId)] },
    };
    for (let round = 0; Object.keys(wanted).length > 0; round++) {
      if (round === ROUNDS) throw new Error('not all rows could be read');
      const { Responses = {}, UnprocessedKeys = {} } = await client.send(
        new BatchGetItemCommand({ RequestItems: wanted }),
      );
      found.push(...Object.values(Responses).flat());
      wanted = Object.fromEntries(Object.entries(UnprocessedKeys).map(([table, { Keys = [] }]) => [table, { Keys }]));
    }
    const stops = found.map(stopIn).filter((stop) => stop !== undefined);
    return stops.find(({ ended }) => !ended) ?? stops[0];
  }
  const read = cached(clock, AGE_MS, (_key, tenant: string, runId: string, agent: string) =>
    serviceCall(CODE, 'looking for what stops this work', () => readAll(tenant, runId, agent)),
  );

  return {
    on: ({ tenant, runId, agent }) => read(`${runId} ${agent}`, tenant, runId, agent),
    setRun: (runId, stop, at) =>
      serviceCall(CODE, 'stopping a run', async () => {
        try {
          await client.send(
            new PutItemCommand({
              TableName: budgets,
              Item: encodeStop(runId, stop, at),
              ConditionExpression: 'attribute_not_exists(pk) OR #at <= :at',
              ExpressionAttributeNames: { '#at': 'at' },
              ExpressionAttributeValues: { ':at': number(at) },
            }),
          );
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }),
  };
}
