import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoBreakers } from '../../../lambdas/adapters/aws/dynamo-breakers.ts';
import { dynamoHeartbeats } from '../../../lambdas/adapters/aws/dynamo-heartbeats.ts';
import { dynamoResultCache } from '../../../lambdas/adapters/aws/dynamo-result-cache.ts';
import type { Item } from '../../../lambdas/adapters/items/attributes.ts';
import { encodeBreaker } from '../../../lambdas/adapters/items/breaker-items.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { type BreakerState, DEFAULT_BREAKER } from '../../../lambdas/contracts/breaker.ts';

const NOW = Date.UTC(2026, 0, 1);
const dynamo = mockClient(DynamoDBClient);
const client = new DynamoDBClient({ region: 'us-east-1' });
const refused = () => new ConditionalCheckFailedException({ message: 'refused', $metadata: {} });
const row = (state: BreakerState, version: number, writer = 'somebody'): Item =>
  encodeBreaker({ agent: 'loader', state, version, writer });
const puts = () => dynamo.commandCalls(PutItemCommand).map((call) => call.args[0].input);

function breakersAt(clock = virtualClock(NOW)) {
  const waits: number[] = [];
  const retrying = { sleep: async (ms: number) => void waits.push(ms), random: () => 0.5 };
  return { clock, waits, breakers: dynamoBreakers(client, 'registry', clock, retrying) };
}
const failOnce = (breakers: ReturnType<typeof breakersAt>['breakers'], id = 'f') =>
  breakers.recordFailure('loader', id, NOW, DEFAULT_BREAKER, false);

beforeEach(() => void dynamo.reset());

describe('breakers on DynamoDB', () => {
  test('are read consistently, at most once a second, without those that are closed', async () => {
    const open = { failures: [], open_until: NOW + 1 };
    const closed = encodeBreaker({ agent: 'other', state: { failures: [] }, version: 9, writer: 'w' });
    dynamo.on(QueryCommand).resolves({ Items: [row(open, 3), closed] });
    const { clock, breakers } = breakersAt();
    expect(await breakers.read()).toEqual(new Map([['loader', open]]));
    clock.advance(999);
    await breakers.read();
    expect(dynamo.commandCalls(QueryCommand)).toHaveLength(1);
    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
    clock.advance(1);
    await breakers.read();
    expect(dynamo.commandCalls(QueryCommand)).toHaveLength(2);
  });

  test('are read anew after an own change, so that no coordinator sends on past a breaker it opened itself', async () => {
    dynamo.on(QueryCommand).resolves({ Items: [] }).on(GetItemCommand).resolves({}).on(PutItemCommand).resolves({});
    const { breakers } = breakersAt();
    await breakers.read();
    await failOnce(breakers);
    await breakers.read();
    expect(dynamo.commandCalls(QueryCommand)).toHaveLength(2);
  });

  test('are written on condition that nobody has written since they were read', async () => {
    dynamo
      .on(GetItemCommand)
      .resolvesOnce({})
      .resolves({ Item: row({ failures: [] }, 4) });
    dynamo.on(PutItemCommand).resolves({});
    const { breakers } = breakersAt();
    await failOnce(breakers);
    await failOnce(breakers);
    const [first, second] = puts();
    expect(first).toMatchObject({ ConditionExpression: 'attribute_not_exists(pk)', Item: { version: { N: '1' } } });
    expect(second).toMatchObject({
      ...{ ConditionExpression: '#version = :version', ExpressionAttributeValues: { ':version': { N: '4' } } },
      Item: { pk: { S: 'BREAKER' }, sk: { S: 'loader' }, version: { N: '5' } },
    });
    expect(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
  });

  test('are worked out again from the new state when somebody else was first', async () => {
    const four: BreakerState = { failures: [1, 2, 3, 4].map((i) => ({ id: `o${i}`, at: NOW })) };
    dynamo
      .on(GetItemCommand)
      .resolvesOnce({ Item: row({ failures: four.failures.slice(1) }, 3) })
      .resolves({ Item: row(four, 4) });
    dynamo.on(PutItemCommand).rejectsOnce(refused()).resolves({});
    const { waits, breakers } = breakersAt();
    const answer = await failOnce(breakers);
    expect(answer.opened).toBe(true);
    expect(answer.state.failures).toHaveLength(5);
    expect(puts()[1]?.ExpressionAttributeValues).toEqual({ ':version': { N: '4' } });
    expect(waits).toHaveLength(1);
  });

  test('know their own write again when only its answer was lost', async () => {
    const four: BreakerState = { failures: [1, 2, 3, 4].map((i) => ({ id: `o${i}`, at: NOW })) };
    let stored = row(four, 3);
    dynamo.on(GetItemCommand).callsFake(() => ({ Item: stored }));
    dynamo.on(PutItemCommand).callsFakeOnce(({ Item }: { Item: Item }) => {
      stored = Item;
      throw refused();
    });
    expect((await failOnce(breakersAt().breakers)).opened).toBe(true);
    expect(puts()).toHaveLength(1);
  });

  test('are not written when nothing changes', async () => {
    const open = { failures: [], open_until: NOW + 60_000 };
    dynamo.on(GetItemCommand).resolves({ Item: row(open, 3) });
    const { breakers } = breakersAt();
    expect(await failOnce(breakers)).toEqual({ state: open, opened: false });
    expect(await breakers.takeProbe('loader', 'run', NOW, NOW + 1)).toBe(false);
    expect(puts()).toEqual([]);
  });

  test('give up with a system error when they are changed by others all the time', async () => {
    dynamo.on(GetItemCommand).resolves({ Item: row({ failures: [] }, 3) });
    dynamo.on(PutItemCommand).rejects(refused());
    const { waits, breakers } = breakersAt();
    await expect(failOnce(breakers)).rejects.toMatchObject({ code: 'registry_unavailable', class: 'system' });
    expect(waits.length).toBeGreaterThan(5);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
  });

  test('turn a failing service into a system error', async () => {
    dynamo.onAnyCommand().rejects(new Error('down'));
    const { breakers } = breakersAt();
    const unavailable = { code: 'registry_unavailable', class: 'system' };
    await expect(breakers.read()).rejects.toMatchObject(unavailable);
    await expect(breakers.close('loader')).rejects.toMatchObject(unavailable);
  });
});

describe('notes on runs in DynamoDB', () => {
  test('are passed over when a newer one is there, and any other failure is a system error', async () => {
    const beat = { runId: 'run', taskId: 'a', attempt: 1, agent: 'loader', at: NOW };
    dynamo.on(PutItemCommand).rejectsOnce(refused()).rejects(new Error('down'));
    const heartbeats = dynamoHeartbeats(client, 'state');
    await heartbeats.record([beat]);
    await expect(heartbeats.record([beat])).rejects.toMatchObject({ code: 'state_store_unavailable' });
  });

  test('expire: signs of life after a day, results when nobody can ask for them any more', async () => {
    dynamo.on(PutItemCommand).resolves({});
    await dynamoHeartbeats(client, 'state').record([
      { runId: 'run', taskId: 'a', attempt: 1, agent: 'loader', at: NOW },
    ]);
    await dynamoResultCache(client, 'state').put('acme', 'etl.mart', 'a', { value: 1 }, NOW);
    const days = puts().map(({ Item: item }) => (Number(item?.expires_at?.N) - NOW / 1_000) / 86_400);
    expect(days).toEqual([1, 366]);
    expect(puts().map(({ Item: item }) => [item?.pk?.S, item?.sk?.S])).toEqual([
      ['RUN#run', 'H#a'],
      ['RESULT#acme#etl.mart', 'a'],
    ]);
  });
});
