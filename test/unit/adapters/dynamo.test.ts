import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoClaims } from '../../../lambdas/adapters/aws/dynamo-claims.ts';
import { dynamoJournal } from '../../../lambdas/adapters/aws/dynamo-journal.ts';
import { dynamoParkingLot } from '../../../lambdas/adapters/aws/dynamo-parking-lot.ts';
import { dynamoRegistry } from '../../../lambdas/adapters/aws/dynamo-registry.ts';
import { dynamoRuns } from '../../../lambdas/adapters/aws/dynamo-runs.ts';
import type { Item } from '../../../lambdas/adapters/items/attributes.ts';
import { encodeEntry } from '../../../lambdas/adapters/items/journal-items.ts';
import { memoryBlobs } from '../../../lambdas/adapters/memory/memory-blobs.ts';
import { createMeter } from '../../../lambdas/adapters/memory/meter.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import type { JournalEntry } from '../../../lambdas/workflow/journal.ts';

const dynamo = mockClient(DynamoDBClient);
const client = new DynamoDBClient({ region: 'us-east-1' });
const blobs = memoryBlobs(createMeter());
const journal = dynamoJournal(client, 'state', blobs);
const entry = (seq: number): JournalEntry => ({ seq, turnId: `t${seq}`, at: seq, confirmed: 0, events: [] });
const refused = (item?: Item) =>
  new ConditionalCheckFailedException({ message: 'refused', $metadata: {}, ...(item && { Item: item }) });

beforeEach(() => void dynamo.reset());

describe('the journal on DynamoDB', () => {
  test('reads consistently, page by page, from the entry after the number', async () => {
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Items: [encodeEntry('run', entry(3))], LastEvaluatedKey: { pk: { S: 'page' } } })
      .resolves({ Items: [encodeEntry('run', entry(4))] });
    expect(await journal.read('run', 2)).toEqual([entry(3), entry(4)]);
    const [first, second] = dynamo.commandCalls(QueryCommand).map((call) => call.args[0].input);
    expect(first).toMatchObject({
      ConsistentRead: true,
      ExpressionAttributeValues: { ':run': { S: 'RUN#run' }, ':from': { S: 'E#000000000003' } },
    });
    expect(second?.ExclusiveStartKey).toEqual({ pk: { S: 'page' } });
  });

  test('reads the entry that was in the way when the service does not send it along', async () => {
    dynamo.on(PutItemCommand).rejects(refused());
    dynamo.on(GetItemCommand).resolves({ Item: encodeEntry('run', entry(1)) });
    expect(await journal.append('run', { ...entry(1), turnId: 'mine' })).toEqual({
      appended: false,
      existing: entry(1),
    });
    expect(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
  });

  test('of flows is forgotten: entries after so many days, snapshots after twice as many', async () => {
    dynamo.on(PutItemCommand).resolves({});
    const flows = dynamoJournal(client, 'state', blobs, 30);
    await flows.append('flow', { ...entry(1), at: 5_000 });
    await flows.writeSnapshot('flow', { seq: 1, at: 5_000, confirmed: 1, engine: 1, state: {} });
    await journal.append('run', entry(1));
    const items = dynamo.commandCalls(PutItemCommand).map((call) => call.args[0].input.Item?.expires_at);
    expect(items).toEqual([{ N: String(5 + 30 * 86_400) }, { N: String(5 + 60 * 86_400) }, undefined]);
  });

  test('turns a failing service into a system error', async () => {
    const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    dynamo.onAnyCommand().rejects(throttled);
    const unavailable = { code: 'state_store_unavailable', class: 'system', cause: throttled };
    await expect(journal.read('run', 0)).rejects.toMatchObject(unavailable);
    await expect(journal.append('run', entry(1))).rejects.toMatchObject(unavailable);
    await expect(journal.readSnapshot('run')).rejects.toMatchObject(unavailable);
  });

  test('has no snapshot when its state is torn or its blob is lost, since the journal has it all', async () => {
    const head = { q: { N: '5' }, a: { N: '1' }, c: { N: '5' }, g: { N: '1' } };
    dynamo.on(GetItemCommand).resolvesOnce({ Item: { ...head, s: { B: new Uint8Array([1, 2, 3]) } } });
    expect(await journal.readSnapshot('run')).toBeUndefined();
    const lost = { key: '_snapshots/lost', bytes: 1, sha256: '0'.repeat(64) };
    dynamo.on(GetItemCommand).resolves({ Item: { ...head, r: { S: JSON.stringify(lost) } } });
    expect(await journal.readSnapshot('run')).toBeUndefined();
  });
});

describe('runs on DynamoDB', () => {
  test('keep the record of an ended run for at least 90 days', async () => {
    dynamo.on(UpdateItemCommand).resolves({});
    const at = 1_767_225_600_000;
    await dynamoRuns(client, 'state', { keepEndedDays: 5 }).setStatus('run', 'completed', at);
    await dynamoRuns(client, 'state', { keepEndedDays: 365 }).setStatus('run', 'completed', at);
    await dynamoRuns(client, 'state').setStatus('run', 'running', at);
    const expiries = dynamo
      .commandCalls(UpdateItemCommand)
      .map((call) => call.args[0].input.ExpressionAttributeValues?.[':expiry']?.N);
    expect(expiries).toEqual([String(at / 1_000 + 90 * 86_400), String(at / 1_000 + 365 * 86_400), undefined]);
  });
});

describe('claims on DynamoDB', () => {
  test('answer a refused condition as no, and any other failure as a system error', async () => {
    const claims = dynamoClaims(client, 'claims');
    dynamo.on(PutItemCommand).rejectsOnce(refused()).rejects(new Error('down'));
    expect(await claims.claim('run/task', 1, 'me', 0)).toBe(false);
    await expect(claims.claim('run/task', 1, 'me', 0)).rejects.toMatchObject({ code: 'claims_unavailable' });
  });
});

describe('the registry on DynamoDB', () => {
  test('is read at most every ten seconds, and a failed read is not kept', async () => {
    const clock = virtualClock();
    const registry = dynamoRegistry(client, 'registry', blobs, clock);
    dynamo.on(QueryCommand).rejectsOnce(new Error('down')).resolves({ Items: [] });
    await expect(registry.agents()).rejects.toMatchObject({ code: 'registry_unavailable' });
    // Each time the agents, what is known of them, and what was set of their parameters.
    const reads = () => dynamo.commandCalls(QueryCommand).length / 3 - 1;
    await Promise.all([registry.agents(), registry.agents()]);
    clock.advance(9_999);
    await registry.agents();
    expect(reads()).toBe(1);
    clock.advance(1);
    await registry.agents();
    expect(reads()).toBe(2);
  });
});

describe('the parking lot on DynamoDB', () => {
  const message = {
    ...{ parkedId: 'p1', queue: 'q', at: Date.UTC(2026, 0, 2), tenant: 'acme', messageId: 'm', messageType: 't' },
    ...{ reason: 'gave up', body: '{}' },
  };

  test('repeats a parking that stopped half-way under the time of the first try', async () => {
    const first = Date.UTC(2026, 0, 1);
    dynamo.on(PutItemCommand).resolves({});
    dynamo
      .on(PutItemCommand, { Item: { pk: { S: 'PARKED#p1' }, sk: { S: 'A#parked' }, at: { N: String(message.at) } } })
      .rejects(refused({ at: { N: String(first) } }));
    await dynamoParkingLot(client, 'state', blobs).park(message);
    const written = dynamo.commandCalls(PutItemCommand).map((call) => call.args[0].input.Item?.pk?.S);
    expect(written).toEqual(['PARKED#p1', 'PARKED-DAYS', 'PARKED-DAY#2026-01-01', 'PARKED-OF#acme']);
  });
});
