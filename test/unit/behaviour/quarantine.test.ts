import { describe, expect, test } from '@jest/globals';
import { QuarantinePolicy } from '../../../lambdas/contracts/behaviour.ts';
import { agentSource, type BusEvent } from '../../../lambdas/contracts/bus-events.ts';
import type { Header } from '../../../lambdas/contracts/envelope.ts';
import { DataError } from '../../../lambdas/contracts/errors.ts';
import { encodeMessage } from '../../../lambdas/runtime/message-codec.ts';
import { createMessageSecurity, NO_MESSAGE_SECURITY } from '../../../lambdas/runtime/signing/message-security.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { inboxOf, QUEUES } from '../../../lambdas/testing/queue-urls.ts';
import { createTestFleet, type TestFleet, type TestFleetOptions } from '../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../support/factories.ts';

/** `honest` and `rogue` can do the same. */
async function setUp(options: Partial<TestFleetOptions> = {}): Promise<TestFleet> {
  return createTestFleet({
    ...options,
    agents: [fakeAgent('honest', { work: () => 'done' }), fakeAgent('rogue', { work: () => 'done' })],
  });
}

const stateOf = async (fleet: TestFleet, name: string): Promise<string | undefined> =>
  (await fleet.platform.world.registry.agents()).find((agent) => agent.name === name)?.load?.health?.state;

/** What `rogue` sends, over its own way to the queue. */
async function sendAs(fleet: TestFleet, sender: string, runId: string): Promise<void> {
  const header: Header = {
    ...{ message_id: 'm1', correlation_id: 'c1', timestamp: new Date(fleet.platform.clock.now()).toISOString() },
    ...{ sender, receiver: 'coordinator', message_type: 'status_update', priority: 2, ttl: 60, tenant: 'default' },
    schema_version: 1,
  };
  const updates = [{ status: 'completed', task_id: 'a', attempt: 1, result: { value: 'mine' }, duration_ms: 1 }];
  const payload = { run_id: runId, agent: sender, updates };
  const { blobs } = fleet.platform.world;
  const body = await encodeMessage({ header, payload }, { blobs, messageSecurity: NO_MESSAGE_SECURITY });
  const message = { body, groupId: runId, deduplicationId: 'd1' };
  await fleet.platform.queuesOf('rogue').send(QUEUES.coordinator, [message]);
  await fleet.platform.time.settle();
}

const wait = workflow([{ id: 'wait', waitFor: { event: 'go' } }, task('a', { dependsOn: ['wait'] })]);

describe('a rogue agent', () => {
  test.each([
    ['speaks for another', 'honest'],
    ['speaks as the coordinator', 'coordinator'],
    ['does not sign what it says', 'rogue'],
  ])('that %s is out of the pool with the one message that shows it', async (_, sender) => {
    const fleet = await setUp();
    const runId = await fleet.start(wait);
    await sendAs(fleet, sender, runId);
    expect(await stateOf(fleet, 'rogue')).toBe('quarantined');
    expect(await stateOf(fleet, 'honest')).not.toBe('quarantined');
    expect(fleet.platform.world.securityLog.events.map(({ kind }) => kind)).toContain('agent_quarantined');
    await fleet.signal(runId, 'go');
    const run = await fleet.ended(runId);
    expect(run.result).toEqual({ a: 'done' });
  });

  test('gets nothing of what lies in its inbox until a person puts it back', async () => {
    let worked = 0;
    const assignments: string[] = [];
    const fleet = await createTestFleet({
      agents: [fakeAgent('rogue', { work: () => `done ${++worked}` })],
      hooks: {
        deliver({ records }) {
          assignments.push(...records.map(({ body }) => body).filter((body) => body.includes('"task_assignment"')));
          return undefined;
        },
      },
    });
    await fleet.run(workflow([task('a')]));
    const runId = await fleet.start(wait);
    await sendAs(fleet, 'coordinator', runId);
    const inbox = fleet.platform.world.queues.port('test');
    const url = inboxOf('rogue').standard;
    // What the coordinator has sent before it knew.
    await inbox.send(url, [{ body: assignments[0] ?? '' }]);
    await fleet.advance(1_000);
    expect(await inbox.depth(url)).toEqual({ waiting: 1, inFlight: 0 });
    expect(worked).toBe(1);
    const asked = { agent: 'rogue', state: 'ready', reason: 'mended', requested_by: 'ann' } as const;
    await fleet.platform.publish({ name: 'agent_state_requested', detail: asked });
    await fleet.advance(1_000);
    expect(await stateOf(fleet, 'rogue')).not.toBe('quarantined');
    expect(worked).toBe(2);
    await fleet.signal(runId, 'go');
    expect((await fleet.ended(runId)).result).toEqual({ a: 'done 3' });
  });

  test('is believed nothing that it reports from quarantine', async () => {
    const gate = Promise.withResolvers<string>();
    const fleet = await createTestFleet({ agents: [fakeAgent('rogue', { work: () => gate.promise })] });
    const runId = await fleet.start(workflow([task('a')]));
    await sendAs(fleet, 'coordinator', runId);
    gate.resolve('mine');
    await fleet.advance(1_000);
    const events = (await fleet.look(runId)).journal.flatMap((entry) => entry.events);
    expect(events).toContainEqual(expect.objectContaining({ type: 'message_refused', code: 'agent_quarantined' }));
    expect(events.filter(({ type }) => type === 'tasks_completed')).toEqual([]);
  });

  test('that reached for a forbidden tool is out as well', async () => {
    const work = () => {
      throw new DataError('tool_not_allowed', 'rogue may not use the tool "pay"');
    };
    const fleet = await createTestFleet({ agents: [fakeAgent('rogue', { work })] });
    const run = await fleet.run(workflow([task('a')]));
    expect(run.error?.code).toBe('tool_not_allowed');
    expect(await stateOf(fleet, 'rogue')).toBe('quarantined');
  });

  test('that speaks for another on the bus is out as well', async () => {
    const fleet = await setUp();
    const at = new Date(fleet.platform.clock.now()).toISOString();
    const beat: BusEvent = {
      name: 'task_heartbeat',
      detail: { agent: 'honest', at, tasks: [{ workflow_id: `run_${'0'.repeat(40)}`, task_id: 'a', attempt: 1 }] },
    };
    await fleet.platform.publish(beat, agentSource('rogue'));
    await fleet.platform.time.settle();
    expect(await stateOf(fleet, 'rogue')).toBe('quarantined');
    expect(await stateOf(fleet, 'honest')).not.toBe('quarantined');
  });

  test('that signs what only the platform may say is out, whatever SQS knows of it', async () => {
    const fleet = await setUp();
    const { world, clock } = fleet.platform;
    const runId = await fleet.start(wait);
    const { keyIds: ids, messageKeys: keys, blobs } = world;
    const messageSecurity = createMessageSecurity({ name: 'rogue', clock, ids, keys });
    const header: Header = {
      ...{ message_id: 'm1', correlation_id: 'c1', timestamp: new Date(clock.now()).toISOString(), sender: 'rogue' },
      ...{ receiver: 'coordinator', message_type: 'cancel_run', priority: 2, ttl: 60, tenant: 'default' },
      schema_version: 1,
    };
    const payload = { run_id: runId, reason: 'mine', requested_by: 'ann' };
    const body = await encodeMessage({ header, payload }, { blobs, messageSecurity });
    await world.queues.port('000000000000').send(QUEUES.coordinator, [{ body, groupId: runId, deduplicationId: 'd1' }]);
    await fleet.signal(runId, 'go');
    expect((await fleet.ended(runId)).result).toEqual({ a: 'done' });
    expect(await stateOf(fleet, 'rogue')).toBe('quarantined');
  });

  test('is only told of where the policy says so', async () => {
    const fleet = await setUp({ quarantine: QuarantinePolicy.parse({ impersonation: 'alert', forgery: 'alert' }) });
    const runId = await fleet.start(wait);
    await sendAs(fleet, 'coordinator', runId);
    expect(await stateOf(fleet, 'rogue')).not.toBe('quarantined');
    expect(fleet.platform.world.securityLog.events.length).toBeGreaterThan(0);
  });

  test('is not made of one that was sent a forgery and tells of it', async () => {
    const fleet = await setUp();
    const { world } = fleet.platform;
    await fleet.platform.queuesOf('rogue').send(inboxOf('honest').standard, [{ body: '{}' }]);
    await fleet.advance(1_000);
    expect(world.securityLog.events).toMatchObject([{ kind: 'message_signature_refused' }]);
    expect(await stateOf(fleet, 'honest')).not.toBe('quarantined');
  });

  test('can not be made of an honest one by speaking in its name', async () => {
    const fleet = await setUp();
    const runId = await fleet.start(wait);
    await sendAs(fleet, 'honest', runId);
    expect(await stateOf(fleet, 'honest')).not.toBe('quarantined');
  });
});
