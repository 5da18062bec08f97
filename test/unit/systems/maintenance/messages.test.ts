import { describe, expect, test } from '@jest/globals';
import { MusterError } from '../../../../lambdas/contracts/errors.ts';
import { MAINTENANCE_CHANNELS } from '../../../../lambdas/systems/maintenance/channels.ts';
import { CHANNELS } from '../../../../lambdas/systems/maintenance/messages/channels.ts';
import {
  type Arrival,
  type Draft,
  messageOf,
  readMessage,
} from '../../../../lambdas/systems/maintenance/messages/message.ts';
import { DEFAULT_PRIORITIES, MESSAGE_TYPES } from '../../../../lambdas/systems/maintenance/messages/message-types.ts';
import {
  PUBLISHERS,
  ROLES,
  type Role,
  SUBSCRIPTIONS,
} from '../../../../lambdas/systems/maintenance/messages/subscriptions.ts';
import { MAINTENANCE } from '../../../../lambdas/systems/maintenance/system.ts';

/** As the seed document has them, word for word. */
const SEED = {
  types: `VEHICLE_DATA ANALYSIS_REQUEST ANALYSIS_RESULT CUSTOMER_ENGAGEMENT SCHEDULING_REQUEST SCHEDULING_RESULT FEEDBACK
    MANUFACTURING_INSIGHT ERROR ACK`,
  channels: `channel.vehicle.data.input channel.external.request channel.data_analysis.request channel.data_analysis.result
    channel.customer_engagement.request channel.customer_engagement.result channel.scheduling.request
    channel.scheduling.result channel.system.error channel.system.timeout channel.system.monitoring
    channel.feedback.input channel.feedback.processed channel.manufacturing.insights`,
  subscriptions: {
    master_orchestrator: `channel.vehicle.data.input channel.data_analysis.result channel.customer_engagement.result
      channel.scheduling.result channel.feedback.processed channel.manufacturing.insights channel.system.error
      channel.system.timeout channel.system.monitoring`,
    data_analysis_agent: 'channel.data_analysis.request channel.orchestrator.command channel.system.error',
    customer_engagement_agent: 'channel.customer_engagement.request channel.orchestrator.command channel.system.error',
    scheduling_agent: 'channel.scheduling.request channel.orchestrator.command channel.system.error',
  },
  header: 'message_id correlation_id timestamp sender receiver message_type priority reply_to ttl',
} as const;
const words = (text: string): string[] => text.split(/\s+/);

describe('the seed document and this system', () => {
  test('have the same message types', () => {
    expect(MESSAGE_TYPES).toEqual(words(SEED.types));
  });

  test('have the same channels, and the one for commands, which its workers hear', () => {
    expect(Object.values(CHANNELS)).toEqual([...words(SEED.channels), 'channel.orchestrator.command']);
    expect(MAINTENANCE_CHANNELS.map(({ name }) => name)).toEqual(Object.values(CHANNELS));
  });

  test('have the same subscriptions, and the orchestrator hears feedback and external requests as well', () => {
    const { master_orchestrator, ...workers } = SEED.subscriptions;
    const added = ['channel.feedback.input', 'channel.external.request'];
    expect(SUBSCRIPTIONS.master_orchestrator).toEqual([...words(master_orchestrator), ...added]);
    for (const [role, channels] of Object.entries(workers))
      expect(SUBSCRIPTIONS[role as Role]).toEqual(words(channels));
  });

  test('have the same header', () => {
    const { header } = messageOf({ ...ack, replyTo: 'm-0' });
    expect(new Set(Object.keys(header as object))).toEqual(new Set(words(SEED.header)));
  });

  test('give feedback and insights the lowest priority, failures of the system the highest, and the rest the usual', () => {
    const of = (level: number) => MESSAGE_TYPES.filter((type) => DEFAULT_PRIORITIES[type] === level);
    expect(of(1)).toEqual(['FEEDBACK', 'MANUFACTURING_INSIGHT']);
    expect(of(4)).toEqual(['ERROR']);
    expect(of(2)).toHaveLength(7);
  });
});

test('the manifests say on which channels each agent speaks and listens, and it is what the tables say', () => {
  for (const role of Object.keys(ROLES) as Role[]) {
    for (const name of ROLES[role]) {
      const manifest = MAINTENANCE.agents.find((agent) => agent.name === name);
      expect(manifest?.channels.subscribes.toSorted()).toEqual(SUBSCRIPTIONS[role].toSorted());
      const said = manifest?.channels.publishes.filter((channel) => channel.startsWith('channel.')) ?? [];
      expect(said.filter((channel) => !PUBLISHERS[role].some((allowed) => allowed === channel))).toEqual([]);
    }
  }
  expect(MAINTENANCE.agents.map(({ name }) => name).toSorted()).toEqual(Object.values(ROLES).flat().toSorted());
});

const ack: Draft<'ACK'> = {
  ...{ type: 'ACK', id: 'm-1', correlationId: 'c-1', sender: 'data_analysis_agent', receiver: 'master_orchestrator' },
  payload: { acknowledged_message_id: 'm-0', status: 'received' },
  now: 0,
};
const arrival: Arrival = { channel: CHANNELS.SYSTEM_MONITORING, from: 'maintenance-data-analysis', now: 1_000 };

/** Code and field of what it is refused with; undefined when it is taken. */
function refusal(detail: ReturnType<typeof messageOf>, over: Partial<Arrival> = {}): unknown {
  try {
    readMessage(detail, ['ACK'], { ...arrival, ...over });
    return undefined;
  } catch (error) {
    return error instanceof MusterError ? [error.code, error.details?.field] : error;
  }
}

describe('a message that was heard', () => {
  test('is taken as it was said, with the priority of its type', () => {
    const { header, payload } = readMessage(messageOf(ack), ['ACK'], arrival);
    expect(header).toMatchObject({ message_id: 'm-1', sender: 'data_analysis_agent', priority: 2, ttl: 300 });
    expect(payload).toEqual({ acknowledged_message_id: 'm-0', status: 'received' });
  });

  test.each<[string, Partial<Arrival>, unknown]>([
    [
      'an agent speaks under another name',
      { from: 'maintenance-scheduling' },
      ['sender_not_permitted', 'header.sender'],
    ],
    [
      'an agent speaks where it may not',
      { channel: CHANNELS.SCHEDULING_RESULT },
      ['sender_not_permitted', 'header.sender'],
    ],
    ['an agent of another system speaks', { from: 'etl-loader' }, ['sender_not_permitted', 'header.sender']],
    ['nobody knows who speaks on a channel of agents', { from: undefined }, ['sender_not_permitted', 'header.sender']],
    [
      'an outsider speaks as an agent',
      { channel: CHANNELS.FEEDBACK_INPUT, from: undefined },
      ['sender_not_permitted', 'header.sender'],
    ],
    ['its time is over', { now: 301_000 }, ['message_expired', 'header.ttl']],
    ['it is from a time that is yet to come', { now: -90_000_000 }, ['message_invalid', 'header.timestamp']],
  ])('is refused when %s', (_, over, expected) => {
    expect(refusal(messageOf(ack), over)).toEqual(expected);
  });

  test('is refused with the place of what is wrong', () => {
    const message = messageOf(ack);
    expect(refusal({ ...message, header: { message_id: 'm' } })).toEqual(['message_invalid', 'header.correlation_id']);
    expect(refusal({ ...message, payload: { status: 'received' } })).toEqual([
      'message_invalid',
      'payload.acknowledged_message_id',
    ]);
    expect(
      refusal(
        messageOf({ ...ack, type: 'SCHEDULING_RESULT', payload: { vehicle_id: 'V', booking: null, reason: '' } }),
      ),
    ).toEqual(['unexpected_type', 'header.message_type']);
  });
});
