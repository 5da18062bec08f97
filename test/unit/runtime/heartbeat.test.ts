import { describe, expect, test } from '@jest/globals';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { createHeartbeat } from '../../../lambdas/runtime/heartbeat.ts';
import type { QueueRecord } from '../../../lambdas/runtime/queue-record.ts';

const record = (id: string): QueueRecord => ({
  ...{
    id,
    body: '',
    receiptHandle: `receipt-${id}`,
    receiveCount: 1,
    sentAt: 0,
    senderId: 'x',
    groupId: undefined,
    queueArn: 'arn',
  },
});

function heartbeat(timeoutSeconds: number, records: readonly QueueRecord[], sayAlive = async () => {}) {
  const extended: Array<[readonly string[], number]> = [];
  const beatsAt: number[] = [];
  const warnings: string[] = [];
  const clock = virtualClock(0);
  const beats = createHeartbeat(
    records,
    timeoutSeconds,
    {
      clock,
      visibility: { extend: async (_, receipts, seconds) => void extended.push([receipts, seconds]) },
      logger: { debug() {}, info() {}, warn: (message) => void warnings.push(message), error() {} },
      inboxUrl: () => 'https://inbox',
    },
    async () => {
      beatsAt.push(clock.now());
      await sayAlive();
    },
  );
  /** Lets time pass, with every timer at its moment. */
  async function pass(ms: number): Promise<void> {
    const end = clock.now() + ms;
    for (let next = clock.nextTimerAt(); next !== undefined && next <= end; next = clock.nextTimerAt()) {
      clock.moveTo(next);
      clock.fireDue();
    }
    clock.moveTo(end);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { extended, beatsAt, warnings, pass, clock, ...beats };
}

describe('a heartbeat', () => {
  test('shortens visibility to a minute on receipt, and renews it every 20 s for what is still worked on', async () => {
    const [a, b] = [record('a'), record('b')];
    const { extended, done, stop, pass } = heartbeat(300, [a, b]);
    await pass(0);
    expect(extended).toEqual([[['receipt-a', 'receipt-b'], 60]]);
    done(a);
    await pass(20_000);
    expect(extended[1]).toEqual([['receipt-b'], 60]);
    stop();
    await pass(60_000);
    expect(extended).toHaveLength(2);
  });

  test('costs a quick agent nothing for a batch that is over within a quarter of a second', async () => {
    const { extended, stop, pass } = heartbeat(10, [record('a')]);
    await pass(249);
    expect(extended).toEqual([]);
    await pass(1);
    expect(extended).toEqual([[['receipt-a'], 60]]);
    stop();
  });

  test('says that the agent is at work every 10 s, never before the first 10 s are over', async () => {
    const { beatsAt, stop, pass, clock } = heartbeat(300, [record('a')]);
    await pass(9_999);
    expect(beatsAt).toEqual([]);
    await pass(30_000);
    expect(beatsAt).toEqual([10_000, 20_000, 30_000]);
    stop();
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  test('goes on when it can not be heard', async () => {
    const { beatsAt, extended, warnings, pass } = heartbeat(300, [record('a')], () =>
      Promise.reject(new Error('down')),
    );
    await pass(20_000);
    expect(beatsAt).toHaveLength(2);
    expect(extended).toHaveLength(2);
    expect(warnings).toEqual(['heartbeat failed', 'heartbeat failed']);
  });
});
