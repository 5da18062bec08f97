import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
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

function heartbeat(timeoutSeconds: number, records: readonly QueueRecord[]) {
  const extended: Array<[readonly string[], number]> = [];
  const beats = createHeartbeat(records, timeoutSeconds, {
    visibility: { extend: async (_, receipts, seconds) => void extended.push([receipts, seconds]) },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    inboxUrl: () => 'https://inbox',
  });
  return { extended, ...beats };
}

describe('a heartbeat', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('shortens visibility to a minute on receipt, and renews it every 20 s for what is still worked on', async () => {
    const [a, b] = [record('a'), record('b')];
    const { extended, done, stop } = heartbeat(300, [a, b]);
    await jest.advanceTimersByTimeAsync(0);
    expect(extended).toEqual([[['receipt-a', 'receipt-b'], 60]]);
    done(a);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(extended[1]).toEqual([['receipt-b'], 60]);
    stop();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(extended).toHaveLength(2);
  });

  test('costs a quick agent nothing for a batch that is over within a quarter of a second', async () => {
    const { extended, stop } = heartbeat(10, [record('a')]);
    await jest.advanceTimersByTimeAsync(249);
    expect(extended).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(extended).toEqual([[['receipt-a'], 60]]);
    stop();
  });
});
