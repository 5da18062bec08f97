import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { LambdaClient, ResourceConflictException, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoBehaviourStore } from '../../../lambdas/adapters/aws/dynamo-behaviour-store.ts';
import { lambdaInboxes } from '../../../lambdas/adapters/aws/lambda-inboxes.ts';
import type { Item } from '../../../lambdas/adapters/items/attributes.ts';
import { memoryBehaviourStore } from '../../../lambdas/adapters/memory/memory-behaviour-store.ts';
import { memoryTable } from '../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../lambdas/adapters/memory/meter.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import type { BehaviourAlert } from '../../../lambdas/contracts/behaviour.ts';
import type { BehaviourStore } from '../../../lambdas/runtime/behaviour-store.ts';
import { registrationOf } from '../../../lambdas/testing/agent-lambda.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';

const clock = virtualClock();
const dynamo = mockClient(DynamoDBClient);

/** As much of DynamoDB as the store asks for. */
function onDynamo(): BehaviourStore {
  const table = memoryTable(createMeter());
  dynamo.reset();
  dynamo.on(GetItemCommand).callsFake(({ Key }) => ({ Item: table.get(Key.pk.S, Key.sk.S) }));
  dynamo.on(DeleteItemCommand).callsFake(({ Key }) => table.delete(Key.pk.S, Key.sk.S));
  dynamo.on(PutItemCommand).callsFake(({ Item: item, ConditionExpression, ExpressionAttributeValues: values }) => {
    const before = table.get(item.pk.S, item.sk.S);
    if (ConditionExpression && before && before.version?.N !== values[':before'].N)
      throw new ConditionalCheckFailedException({ message: 'refused', $metadata: {} });
    table.put(item);
  });
  dynamo.on(QueryCommand).callsFake(({ ExpressionAttributeValues: values, ScanIndexForward }) => {
    const prefix: string = values[':parts']?.S ?? '';
    const items: Item[] = table.query(values[':pk'].S).filter(({ sk }) => sk?.S?.startsWith(prefix));
    return { Items: ScanIndexForward === false ? items.reverse() : items };
  });
  return dynamoBehaviourStore(new DynamoDBClient({}), 'behaviour', clock);
}

/** Too long for one item, however well it is packed. */
const long = Array.from({ length: 300_000 }, (_, i) => ((i * 2_654_435_761) % 4_294_967_296).toString(36)).join('');
const alertAt = (at: number): BehaviourAlert => ({
  ...{ alert_id: `a${at}`, at, tenant: 'acme', subject_kind: 'agent', subject: 'clerk', severity: 'high', score: 9 },
  ...{ from: 0, to: at },
  findings: [{ feature: 'volume', surprise: 9, span: 'hour', expected: 1, seen: 90, why: 'many' }],
});

describe.each([
  ['DynamoDB', onDynamo],
  ['memory', () => memoryBehaviourStore(memoryTable(createMeter()), clock)],
])('behaviour in %s', (_, make) => {
  test('is read as it was written, however long it is', async () => {
    const store = make();
    expect(await store.load('acme')).toBeUndefined();
    expect(await store.version('acme')).toBe(0);
    expect(await store.save('acme', { text: long, seen: 7, version: 1 })).toBe(true);
    expect(await store.load('acme')).toEqual({ text: long, seen: 7, version: 1 });
    expect(await store.save('acme', { text: 'short', seen: 9, version: 2 })).toBe(true);
    expect(await store.load('acme')).toEqual({ text: 'short', seen: 9, version: 2 });
    expect(await store.version('acme')).toBe(2);
    expect(await store.load('umbrella')).toBeUndefined();
  });

  test('of two that write the same version, one has its way and the other spoils nothing', async () => {
    const store = make();
    await store.save('acme', { text: 'first', seen: 1, version: 1 });
    expect(await store.save('acme', { text: 'one', seen: 2, version: 2 })).toBe(true);
    expect(await store.save('acme', { text: 'other', seen: 3, version: 2 })).toBe(false);
    expect(await store.load('acme')).toEqual({ text: 'one', seen: 2, version: 2 });
  });

  test('keeps alerts, the newest first, each once', async () => {
    const store = make();
    for (const at of [1_000, 3_000, 2_000, 3_000]) await store.keepAlert(alertAt(at));
    expect((await store.alerts('acme', 10)).map(({ at }) => at)).toEqual([3_000, 2_000, 1_000]);
    expect(await store.alerts('umbrella', 10)).toEqual([]);
  });
});

describe('inboxes in Lambda', () => {
  const lambda = mockClient(LambdaClient);
  const waits: number[] = [];
  const inboxes = lambdaInboxes({ region: 'us-east-1' }, async (ms) => void waits.push(ms));
  const agent = { ...registrationOf(fakeAgent('clerk', { work: () => null }), 'test'), sources: ['one', 'two'] };
  beforeEach(() => void lambda.reset());
  const switched = () =>
    lambda.commandCalls(UpdateEventSourceMappingCommand).map(({ args: [{ input }] }) => [input.UUID, input.Enabled]);

  test('are paused and opened lane by lane', async () => {
    lambda.on(UpdateEventSourceMappingCommand).resolves({});
    await inboxes.pause(agent);
    await inboxes.resume(agent);
    expect(switched()).toEqual([
      ['one', false],
      ['two', false],
      ['one', true],
      ['two', true],
    ]);
  });

  test('are asked again while they are being changed', async () => {
    const busy = new ResourceConflictException({ message: 'busy', $metadata: {}, Type: 'User' });
    lambda.on(UpdateEventSourceMappingCommand).rejectsOnce(busy).resolves({});
    await inboxes.pause({ ...agent, sources: ['one'] });
    expect(switched()).toHaveLength(2);
    expect(waits).toHaveLength(1);
  });

  test('that can not be reached are an error of theirs', async () => {
    lambda.on(UpdateEventSourceMappingCommand).rejects(new Error('no'));
    await expect(inboxes.pause(agent)).rejects.toMatchObject({ code: 'inbox_unavailable', class: 'system' });
  });
});
