import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { eventBridgeBus } from '../../../lambdas/adapters/aws/event-bridge-bus.ts';

const client = mockClient(EventBridgeClient);
const bus = eventBridgeBus(new EventBridgeClient({ region: 'us-east-1' }), 'muster', {
  sleep: async () => {},
  random: () => 0,
});
const sent = () => client.commandCalls(PutEventsCommand).map((call) => call.args[0].input.Entries ?? []);
const publish = (count: number, details = {}) =>
  bus.publish(
    'muster.platform',
    Array.from({ length: count }, (_, i) => ({
      name: 'coordination' as const,
      detail: {
        ...{ coordination_type: 'start', workflow_id: 'run_1', tenant: 'acme', participants: [`a${i}`] },
        broadcast: false,
        details,
      },
    })),
  );
const refusing = (...codes: Array<string | undefined>) => ({
  FailedEntryCount: codes.filter(Boolean).length,
  Entries: codes.map((ErrorCode) => (ErrorCode === undefined ? { EventId: 'x' } : { ErrorCode })),
});

beforeEach(() => void client.reset());

describe('publishing on EventBridge', () => {
  test('puts ten events in a request, each with bus, source, type and detail', async () => {
    client.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
    await publish(12);
    expect(sent().map((entries) => entries.length)).toEqual([10, 2]);
    expect(sent()[0]?.[0]).toMatchObject({
      ...{ EventBusName: 'muster', Source: 'muster.platform', DetailType: 'coordination' },
      Detail: expect.stringContaining('"participants":["a0"]'),
    });
  });

  test('keeps each request below 1 MiB', async () => {
    client.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
    await publish(3, { large: 'x'.repeat(500_000) });
    expect(sent().map((entries) => entries.length)).toEqual([2, 1]);
  });

  test('sends only failed entries again', async () => {
    client
      .on(PutEventsCommand)
      .resolvesOnce(refusing(undefined, 'InternalFailure', undefined))
      .resolves({ FailedEntryCount: 0 });
    await publish(3);
    expect(sent().map((entries) => entries.length)).toEqual([3, 1]);
    expect(sent()[1]?.[0]?.Detail).toContain('"a1"');
  });

  test('gives up with a system error when entries keep failing', async () => {
    client.on(PutEventsCommand).resolves(refusing('ThrottlingException'));
    await expect(publish(1)).rejects.toMatchObject({ code: 'bus_unavailable', class: 'system' });
    expect(sent()).toHaveLength(6);
  });

  test('does not send again what the bus will never take', async () => {
    client.on(PutEventsCommand).resolves(refusing('MalformedDetail'));
    await expect(publish(1)).rejects.toMatchObject({ code: 'event_refused', class: 'data' });
    await expect(publish(1, { large: 'x'.repeat(1_100_000) })).rejects.toMatchObject({ code: 'event_refused' });
    expect(sent()).toHaveLength(1);
  });

  test('says when the source is not ours to use', async () => {
    client.on(PutEventsCommand).resolves(refusing('NotAuthorizedForSourceException'));
    await expect(publish(1)).rejects.toThrow(/refuses muster.platform as a source/);
    expect(sent()).toHaveLength(1);
  });
});
