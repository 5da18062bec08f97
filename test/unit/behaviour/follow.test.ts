import { describe, expect, test } from '@jest/globals';
import type { PublishedEvent } from '../../../lambdas/adapters/memory/memory-bus.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { auditObject, encodeObject } from '../../../lambdas/audit/audit-object.ts';
import { HOUR_MS } from '../../../lambdas/behaviour/calendar.ts';
import type { MessageRecord } from '../../../lambdas/contracts/audit.ts';
import { BehaviourAlert, QuarantinePolicy } from '../../../lambdas/contracts/behaviour.ts';
import { createBehaviour } from '../../../lambdas/platform/behaviour/behaviour.ts';
import { tick } from '../../../lambdas/platform/behaviour/tick.ts';
import { watchForRogues } from '../../../lambdas/runtime/rogues.ts';
import { inProcessWorld } from '../../../lambdas/testing/in-process-world.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const record = (hour: number, i: number): MessageRecord => ({
  ...{ kind: 'message', tenant: 'acme', channel: 'coordinator', action: 'consumed', priority: 2 },
  ...{ sender: 'clerk', receiver: 'coordinator', type: 'status_update' },
  ...{ at: (hour + 0.4) * HOUR_MS, message_id: `m${hour}-${i}`, correlation_id: `c${hour}-${i}` },
});

async function setUp(policy: Partial<QuarantinePolicy> = {}) {
  const clock = virtualClock();
  const world = inProcessWorld({ clock });
  const published: PublishedEvent[] = [];
  world.bus.subscribe((event) => void published.push(event));
  const first = Math.floor(clock.now() / HOUR_MS);
  let seq = 0;

  /** An hour of ten messages, or of so many, as one object of the audit. */
  async function hour(number: number, messages = 10, more: Partial<MessageRecord> = {}): Promise<void> {
    const records = Array.from({ length: messages }, (_, i) => ({ ...record(first + number, i), ...more }));
    seq += 1;
    const head = { chain: 'acme', seq, prev: '0'.repeat(64), at: clock.now(), notes: [`n${seq}`] };
    await world.auditStore.put('acme', seq, encodeObject(auditObject(head, records)));
    await world.auditStore.advance({ chain: 'acme', seq, hash: '0'.repeat(64), at: clock.now() });
  }

  /** A container that is told to look. */
  const container = () => {
    const rogues = watchForRogues(world.securityLog, {
      ...{ bus: world.bus, clock, logger: silent },
      policy: QuarantinePolicy.parse(policy),
    });
    const work = createBehaviour({ ...world, clock, logger: silent, securityLog: rogues, rogues });
    const look = { id: 'r', body: JSON.stringify({ chain: 'acme' }), receiptHandle: 'h', receiveCount: 1, sentAt: 0 };
    const queueRecord = { ...look, senderId: 'audit', groupId: 'acme' };
    return () => work([queueRecord], { remainingMs: () => 60_000, note() {} });
  };
  /** Ten messages an hour for so many hours, read as they come. */
  async function live(hours: number, look: () => Promise<unknown>): Promise<void> {
    for (let number = 0; number < hours; number++) {
      await hour(number);
      clock.advance(HOUR_MS);
      if (number % 50 === 0) await look();
    }
    await look();
  }
  const named = (name: string) => published.filter(({ detailType }) => detailType === name);
  return { world, clock, hour, container, live, named };
}

const WEEKS = 21 * 24;

describe('the behaviour Lambda', () => {
  test('learns from the audit, and tells of what is out of the ordinary: table, bus and security log', async () => {
    const { world, hour, container, live, named } = await setUp();
    const look = container();
    await live(WEEKS, look);
    expect(await world.behaviourStore.alerts('acme', 10)).toEqual([]);
    await hour(WEEKS, 400);
    expect(await look()).toEqual([]);
    const alerts = await world.behaviourStore.alerts('acme', 10);
    expect(alerts.map(({ subject }) => subject).sort()).toEqual(['acme', 'clerk']);
    for (const alert of alerts) expect(BehaviourAlert.parse(alert).findings[0]?.feature).toBe('volume');
    expect(world.securityLog.events.map(({ kind, agent }) => [kind, agent])).toContainEqual([
      'behaviour_unusual',
      'clerk',
    ]);
    expect(named('behaviour_alert').map(({ detail }) => detail)).toEqual(expect.arrayContaining(alerts));
  });

  test('goes on where another container had stopped, and counts nothing twice', async () => {
    const { world, hour, container, live } = await setUp();
    await live(WEEKS, container());
    const stored = await world.behaviourStore.load('acme');
    expect(stored?.seen).toBe(WEEKS);
    const [one, other] = [container(), container()];
    await hour(WEEKS, 400);
    await one();
    const after = await world.behaviourStore.alerts('acme', 10);
    await other();
    await one();
    expect(await world.behaviourStore.alerts('acme', 10)).toEqual(after);
  });

  test('gives its notes back when the audit can not be read, and then leaves nothing out', async () => {
    const { world, hour, container, live } = await setUp();
    const look = container();
    await live(WEEKS, look);
    await hour(WEEKS, 400);
    const { read } = world.auditStore;
    world.auditStore.read = async () => undefined;
    expect(await look()).toEqual(['r']);
    world.auditStore.read = read;
    expect(await look()).toEqual([]);
    expect(await world.behaviourStore.alerts('acme', 10)).toHaveLength(2);
  });

  test('learns nothing of an erased tenant from the audit, which stays', async () => {
    const { world, clock, hour, container, live } = await setUp();
    const look = container();
    await live(5, look);
    const before = await world.behaviourStore.version('acme');
    const record = { tenant: 'acme', version: 1, plan: 'free', limits: {}, by: 'ann', reason: 'gone', at: clock.now() };
    await world.tenants.put({ ...record, status: 'erasing' });
    await hour(5, 400);
    clock.advance(2 * HOUR_MS);
    expect([await look(), await container()()]).toEqual([[], []]);
    expect(await world.behaviourStore.version('acme')).toBe(before);
    expect(await world.behaviourStore.alerts('acme', 10)).toEqual([]);
  });

  test('takes an agent out whose behaviour is critical, where the policy says so', async () => {
    for (const [policy, states] of [
      [{}, 0],
      [{ critical_behaviour: 'quarantine' }, 1],
    ] as const) {
      const { named, hour, container, live } = await setUp(policy);
      const look = container();
      await live(WEEKS, look);
      await hour(WEEKS, 2_000);
      await look();
      expect(named('agent_state_requested')).toHaveLength(states);
    }
  });

  test('takes an agent out with its first message to a stranger, where the policy says so', async () => {
    for (const [policy, states] of [
      [{}, 0],
      [{ unknown_peer: 'quarantine' }, 1],
    ] as const) {
      const { named, hour, container, live } = await setUp(policy);
      const look = container();
      await live(WEEKS, look);
      await hour(WEEKS, 1, { receiver: 'safe', channel: 'safe' });
      await look();
      expect(named('agent_state_requested')).toHaveLength(states);
      expect(named('behaviour_alert')).toEqual([]);
    }
  });

  test('refuses a note that it can not read', async () => {
    const { world, clock } = await setUp();
    const work = createBehaviour({ ...world, clock, logger: silent });
    const note = { id: 'r', body: '{"chain":7}', receiptHandle: 'h', receiveCount: 1, sentAt: 0, senderId: 's' };
    expect(await work([{ ...note, groupId: 'g' }], { remainingMs: () => 1, note() {} })).toEqual(['r']);
  });

  test('is told of every chain by its schedule', async () => {
    const { world, clock, hour } = await setUp();
    await hour(0);
    const sent: unknown[] = [];
    const queues = { send: async (_: string, messages: readonly unknown[]) => void sent.push(...messages) };
    expect(await tick({ clock, auditStore: world.auditStore, queues, behaviourQueue: 'q' })).toEqual({ chains: 1 });
    expect(sent).toMatchObject([{ body: '{"chain":"acme"}', groupId: 'acme' }]);
  });
});
