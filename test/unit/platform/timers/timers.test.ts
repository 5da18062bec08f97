import { describe, expect, test } from '@jest/globals';
import { createTimers } from '../../../../lambdas/platform/timers/timers.ts';
import { decodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import { fakeWorld, invocation, record } from '../intake/fakes.ts';

const runId = `run_${'a'.repeat(40)}`;

function wake(payload: object, type = 'wake_run') {
  const header = {
    message_id: 'm1',
    correlation_id: 'c1',
    timestamp: '2026-11-21T11:00:00.000Z',
    sender: 'coordinator',
    receiver: 'coordinator',
    message_type: type,
    priority: 2,
    ttl: 1_209_600,
    tenant: 'acme',
  };
  return { header, payload };
}

async function deliver(of: ReturnType<typeof fakeWorld>, ...bodies: unknown[]): Promise<readonly string[]> {
  const records = bodies.map((body, index) => record(body, { id: `r${index}` }));
  return createTimers(of.ports)(records, invocation());
}

describe('a timer', () => {
  test('that is due wakes its run, in the order of the run, with a deduplication id of its own', async () => {
    const of = fakeWorld();
    const body = wake({ run_id: runId, due: of.seen.now });
    expect(await deliver(of, body, body)).toEqual([]);
    expect(of.seen.sent).toMatchObject([
      { queue: 'coordinator.fifo', groupId: runId },
      { queue: 'coordinator.fifo', groupId: runId },
    ]);
    const { header, payload } = await decodeMessage(of.seen.sent[0]?.body ?? '', of.ports);
    expect(header).toMatchObject({ sender: 'timers', causation_id: 'm1', correlation_id: 'c1', tenant: 'acme' });
    expect(payload).toEqual({ run_id: runId, due: of.seen.now });
    expect(of.seen.sent[0]?.deduplicationId).not.toBe(of.seen.sent[1]?.deduplicationId);
  });

  test('without a time is due at once', async () => {
    const of = fakeWorld();
    await deliver(of, wake({ run_id: runId }));
    expect(of.seen.sent).toMatchObject([{ queue: 'coordinator.fifo' }]);
  });

  test('that fires early is armed for the rest, at most 15 minutes at a time', async () => {
    const of = fakeWorld();
    const at = (ms: number) => wake({ run_id: runId, due: of.seen.now + ms });
    await deliver(of, at(1), at(61_500), at(900_000), at(86_400_000));
    expect(of.seen.sent.map(({ queue, delaySeconds }) => [queue, delaySeconds])).toEqual([
      ['timers', 1],
      ['timers', 62],
      ['timers', 900],
      ['timers', 900],
    ]);
  });

  test('of a flow wakes the flow, in its own group', async () => {
    const of = fakeWorld();
    const flowId = `flow_${'b'.repeat(40)}`;
    await deliver(of, wake({ flow_id: flowId, due: of.seen.now }, 'wake_flow'));
    expect(of.seen.sent).toMatchObject([{ queue: 'coordinator.fifo', groupId: flowId }]);
    const { header, payload } = await decodeMessage(of.seen.sent[0]?.body ?? '', of.ports);
    expect(header).toMatchObject({ sender: 'timers', message_type: 'wake_flow' });
    expect(payload).toEqual({ flow_id: flowId, due: of.seen.now });
  });

  test('that can not be read goes back, so that its queue gives it up for repair; the others fire', async () => {
    const of = fakeWorld();
    const bodies = [
      'nonsense',
      wake({ run_id: 'run_x' }),
      wake({ run_id: runId }, 'start_run'),
      wake({ run_id: runId }, 'wake_flow'),
      wake({ run_id: runId }),
    ];
    expect(await deliver(of, ...bodies)).toEqual(['r0', 'r1', 'r2', 'r3']);
    expect(of.seen.sent).toHaveLength(1);
  });

  test('is not acknowledged when the queues can not be reached', async () => {
    const of = fakeWorld();
    of.crashAt({ call: 1, when: 'before' });
    await expect(deliver(of, wake({ run_id: runId }))).rejects.toMatchObject({ class: 'system' });
  });
});
