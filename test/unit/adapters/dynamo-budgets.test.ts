import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoAccounts } from '../../../lambdas/adapters/aws/dynamo-accounts.ts';
import { dynamoRates } from '../../../lambdas/adapters/aws/dynamo-rates.ts';
import { dynamoStops } from '../../../lambdas/adapters/aws/dynamo-stops.ts';
import type { Item } from '../../../lambdas/adapters/items/attributes.ts';
import { encodeStop } from '../../../lambdas/adapters/items/budget-items.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { costsOf } from '../../../lambdas/runtime/budgets/rate.ts';
import { RUN_ID } from '../../support/factories.ts';

const NOW = Date.UTC(2026, 0, 1);
const dynamo = mockClient(DynamoDBClient);
const client = new DynamoDBClient({ region: 'us-east-1' });
const named = (name: string): Error => Object.assign(new Error('it says why'), { name });
const refused = (item?: Item) =>
  new ConditionalCheckFailedException({ message: 'refused', $metadata: {}, ...(item && { Item: item }) });
const updates = () => dynamo.commandCalls(UpdateItemCommand).map((call) => call.args[0].input);
const waits: number[] = [];
const retrying = { sleep: async (ms: number) => void waits.push(ms), random: () => 0.5 };

beforeEach(() => {
  dynamo.reset();
  waits.length = 0;
});

describe('accounts on DynamoDB', () => {
  const accounts = dynamoAccounts(client, 'budgets', retrying);
  const key = { tenant: 'acme', runId: RUN_ID, part: 'read@reader' };
  const call = { micros: 10, tokens: 5, calls: 1 };
  const take = () => accounts.take(key, { micros: 100 }, call, NOW);
  const settle = () => accounts.settle(key, { micros: 100 }, call, { micros: 3, tokens: 2, calls: 1 });

  test('lie with those of their run, under their tenant', async () => {
    await take();
    expect(updates()[0]?.Key).toEqual({ pk: { S: `ACCOUNT#acme#${RUN_ID}` }, sk: { S: 'PART#read@reader' } });
  });

  test('are taken from again when no answer came: what was taken twice is lost, never given out twice', async () => {
    dynamo.on(UpdateItemCommand).rejectsOnce(named('TimeoutError')).resolves({});
    expect(await take()).toBeUndefined();
    expect(updates()).toHaveLength(2);
    expect(waits).toEqual([50]);
  });

  test('are settled once: what got no answer is not sent again', async () => {
    dynamo.on(UpdateItemCommand).rejects(named('TimeoutError'));
    await expect(settle()).rejects.toMatchObject({ code: 'budgets_unavailable', class: 'system' });
    expect(updates()).toHaveLength(1);
  });

  test('are settled again when they were only too busy', async () => {
    dynamo
      .on(UpdateItemCommand)
      .rejectsOnce(named('ThrottlingException'))
      .rejectsOnce(named('RequestLimitExceeded'))
      .resolves({});
    await settle();
    expect(updates()).toHaveLength(3);
    expect(waits).toEqual([50, 100]);
  });

  test('give up on a service that stays away, and say so', async () => {
    dynamo.on(UpdateItemCommand).rejects(named('InternalServerError'));
    await expect(take()).rejects.toMatchObject({ code: 'budgets_unavailable' });
    expect(updates()).toHaveLength(6);
  });

  test('are read when a refusal does not bring them along', async () => {
    dynamo.on(UpdateItemCommand).rejects(refused());
    dynamo.on(GetItemCommand).resolves({ Item: { left_micros: { N: '7' }, limit_micros: { N: '100' } } });
    expect(await take()).toMatchObject({ refused: { left: { micros: 7 }, limit: { micros: 100 } } });
    expect(updates()).toHaveLength(1);
  });
});

describe('rates on DynamoDB', () => {
  const rate = { tokensPerMinute: 60_000 };
  const key = { tenant: 'acme', model: 'fast' };
  const expression = (index: number) => updates()[index]?.UpdateExpression;

  test('guess that nobody uses the model, and add where somebody does', async () => {
    const rates = dynamoRates(client, 'budgets', retrying);
    dynamo
      .on(UpdateItemCommand)
      .rejectsOnce(refused({ tokens_at: { N: String(NOW + 2_000) } }))
      .resolves({});
    expect(await rates.take(key, costsOf(rate, 1_000, NOW), NOW)).toBe(0);
    expect([expression(0), expression(1)]).toEqual([
      'SET expires_at = :expires, tokens_at = :tokens',
      'SET expires_at = :expires, tokens_at = tokens_at + :tokens',
    ]);
    expect(await rates.take(key, costsOf(rate, 1_000, NOW), NOW)).toBe(0);
    expect(updates()).toHaveLength(3);
  });

  test('know by themselves when it is too early, without a request', async () => {
    const rates = dynamoRates(client, 'budgets', retrying);
    dynamo.on(UpdateItemCommand).resolves({});
    expect(await rates.take(key, costsOf(rate, 15_000, NOW), NOW)).toBe(0);
    expect(await rates.take(key, costsOf(rate, 1_000, NOW), NOW)).toBe(1_000);
    expect(updates()).toHaveLength(1);
  });
});

describe('stops on DynamoDB', () => {
  const work = { tenant: 'acme', runId: RUN_ID, agent: 'reader' };
  const tables = { registry: 'registry', budgets: 'budgets' };
  const stop = { by: 'ada', reason: 'too dear' };

  test('are read in one request, at most once a second for a run and an agent', async () => {
    const clock = virtualClock(NOW);
    const stops = dynamoStops(client, tables, clock);
    dynamo.on(BatchGetItemCommand).resolves({ Responses: { budgets: [encodeStop(RUN_ID, stop, NOW)] } });
    expect([await stops.on(work), await stops.on(work)]).toEqual([stop, stop]);
    expect(dynamo.commandCalls(BatchGetItemCommand)).toHaveLength(1);
    clock.advance(1_000);
    await stops.on(work);
    await stops.on({ ...work, agent: 'writer' });
    expect(dynamo.commandCalls(BatchGetItemCommand)).toHaveLength(3);
    const input = dynamo.commandCalls(BatchGetItemCommand)[0]?.args[0].input;
    expect(input).toEqual({
      RequestItems: {
        registry: {
          Keys: [
            { pk: { S: 'HOLD' }, sk: { S: '*' } },
            { pk: { S: 'HOLD' }, sk: { S: 'acme' } },
            { pk: { S: 'LOAD' }, sk: { S: 'reader' } },
          ],
        },
        budgets: { Keys: [{ pk: { S: `STOP#${RUN_ID}` }, sk: { S: 'STOP' } }] },
      },
    });
  });

  test('are asked for again where the service left some out, and nothing goes on without them', async () => {
    const left = { budgets: { Keys: [{ pk: { S: `STOP#${RUN_ID}` }, sk: { S: 'STOP' } }] } };
    dynamo
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: {}, UnprocessedKeys: left })
      .resolvesOnce({ Responses: { budgets: [encodeStop(RUN_ID, stop, NOW)] } })
      .resolves({ Responses: {}, UnprocessedKeys: left });
    expect(await dynamoStops(client, tables, virtualClock(NOW)).on(work)).toEqual(stop);
    const never = dynamoStops(client, tables, virtualClock(NOW)).on(work);
    await expect(never).rejects.toMatchObject({ code: 'budgets_unavailable' });
  });
});
