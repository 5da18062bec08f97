import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoLeases } from '../../../lambdas/adapters/aws/dynamo-leases.ts';
import { encodeLease } from '../../../lambdas/adapters/items/lease-items.ts';
import { memoryLeases } from '../../../lambdas/adapters/memory/memory-leases.ts';
import { memoryTable } from '../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../lambdas/adapters/memory/meter.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { ConnectionPoolExhausted } from '../../../lambdas/runtime/pools/exhausted.ts';
import { withLease } from '../../../lambdas/runtime/pools/leases.ts';

describe('leases', () => {
  test('are as many as there are places, and come free when they are given back or their time is over', async () => {
    const clock = virtualClock();
    const leases = memoryLeases(memoryTable(createMeter()), clock);
    const until = clock.now() + 1_000;
    const taken = [await leases.take('m', 2, 'a', until), await leases.take('m', 2, 'b', until)];
    expect(new Set(taken)).toEqual(new Set([0, 1]));
    expect(await leases.take('m', 2, 'c', until)).toBeUndefined();
    expect(await leases.take('other', 2, 'c', until)).toBeDefined();
    // Who does not hold it gives nothing back.
    await leases.giveBack('m', taken[0] ?? 0, 'c');
    expect(await leases.take('m', 2, 'c', until)).toBeUndefined();
    await leases.giveBack('m', taken[0] ?? 0, 'a');
    expect(await leases.take('m', 2, 'c', until)).toBe(taken[0]);
    clock.advance(1_000);
    expect(await leases.take('m', 2, 'd', clock.now() + 1)).toBeDefined();
  });

  test('hold a whole fleet to its limit', async () => {
    const clock = virtualClock();
    const leases = memoryLeases(memoryTable(createMeter()), clock);
    let now = 0;
    let most = 0;
    const work = async (holder: string): Promise<void> =>
      withLease(
        leases,
        { name: 'm', places: 5, acquireMs: 30_000, holdMs: 60_000 },
        { clock, holder, random: () => 0.5 },
        async () => {
          now += 1;
          most = Math.max(most, now);
          await new Promise((resolve) => setImmediate(resolve));
          now -= 1;
        },
      );
    const all = Promise.all(Array.from({ length: 50 }, (_, id) => work(`container ${id}`)));
    let done = false;
    all.then(() => {
      done = true;
    });
    while (!done) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(25);
      clock.fireDue();
    }
    expect(most).toBe(5);
  });

  test('that nobody gives back in time are exhausted', async () => {
    const clock = virtualClock();
    const leases = memoryLeases(memoryTable(createMeter()), clock);
    await leases.take('m', 1, 'somebody', clock.now() + 3_600_000);
    const options = { name: 'm', places: 1, acquireMs: 1_000, holdMs: 1 };
    const late = withLease(leases, options, { clock, holder: 'me', random: () => 0.5 }, async () => 'x');
    let error: unknown;
    late.catch((thrown: unknown) => {
      error = thrown;
    });
    while (error === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(100);
      clock.fireDue();
    }
    expect(error).toBeInstanceOf(ConnectionPoolExhausted);
  });
});

describe('leases in DynamoDB', () => {
  const client = new DynamoDBClient({ region: 'us-east-1' });
  const dynamo = mockClient(client);
  const clock = virtualClock();
  const leases = dynamoLeases(client, 'budgets', clock);
  const refused = new ConditionalCheckFailedException({ message: 'held', $metadata: {} });

  test('are taken by a conditional put on a place that is free', async () => {
    dynamo.reset();
    dynamo
      .on(QueryCommand)
      .resolves({ Items: [encodeLease('m', 0, 'x', clock.now() + 1), encodeLease('m', 1, 'y', clock.now() - 1)] });
    dynamo.on(PutItemCommand).resolves({});
    expect(await leases.take('m', 2, 'me', clock.now() + 500)).toBe(1);
    expect(dynamo.commandCalls(PutItemCommand)[0]?.args[0].input).toMatchObject({
      TableName: 'budgets',
      Item: { pk: { S: 'LEASE#m' }, sk: { S: '000001' }, holder: { S: 'me' }, until: { N: String(clock.now() + 500) } },
      ConditionExpression: 'attribute_not_exists(pk) OR #until <= :now OR holder = :holder',
    });
    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({ ConsistentRead: true });
  });

  test('that another takes at the same moment are looked for elsewhere', async () => {
    dynamo.reset();
    dynamo.on(QueryCommand).resolves({ Items: [] });
    dynamo.on(PutItemCommand).rejectsOnce(refused).resolves({});
    expect(await leases.take('m', 3, 'me', 1)).toBeDefined();
    expect(dynamo.commandCalls(PutItemCommand)).toHaveLength(2);
    dynamo.on(PutItemCommand).rejects(refused);
    expect(await leases.take('m', 3, 'me', 1)).toBeUndefined();
  });

  test('are given back by their holder only', async () => {
    dynamo.reset();
    dynamo.on(DeleteItemCommand).rejects(refused);
    await expect(leases.giveBack('m', 1, 'me')).resolves.toBeUndefined();
    dynamo.on(DeleteItemCommand).rejects(new Error('down'));
    await expect(leases.giveBack('m', 1, 'me')).rejects.toMatchObject({ code: 'leases_unavailable', class: 'system' });
  });
});
