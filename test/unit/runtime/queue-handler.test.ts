import { describe, expect, test } from '@jest/globals';
import type { Context, SQSEvent } from 'aws-lambda';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { queueHandler } from '../../../lambdas/runtime/queue-handler.ts';
import { NOW } from '../../support/factories.ts';

const ARN = 'arn:aws:sqs:eu-central-1:111122223333:inbox';
const context = { getRemainingTimeInMillis: () => 5_000, memoryLimitInMB: '256' } as Context;

function event(...messages: Array<{ id: string; receives?: number }>): SQSEvent {
  return {
    Records: messages.map(({ id, receives = 1 }) => ({
      ...{
        messageId: id,
        receiptHandle: `receipt-${id}`,
        body: '{}',
        messageAttributes: {},
        md5OfBody: '',
        eventSource: 'aws:sqs',
      },
      ...{ eventSourceARN: ARN, awsRegion: 'eu-central-1' },
      attributes: {
        ...{
          ApproximateReceiveCount: String(receives),
          SentTimestamp: '0',
          SenderId: 'x',
          ApproximateFirstReceiveTimestamp: '0',
        },
      },
    })),
  };
}

interface EmbeddedMetadata {
  readonly CloudWatchMetrics: ReadonlyArray<{ readonly Metrics: ReadonlyArray<{ readonly Name: string }> }>;
}

function lambda(work: Parameters<typeof queueHandler>[1]) {
  const lines: Array<Record<string, unknown>> = [];
  const extended: Array<[string, readonly string[], number]> = [];
  const handler = queueHandler(
    {
      name: 'worker',
      clock: virtualClock(NOW),
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
      redelivery: {
        visibility: { extend: async (url, receipts, seconds) => void extended.push([url, receipts, seconds]) },
        queueUrl: (arn) => (arn === ARN ? 'https://inbox' : undefined),
      },
    },
    work,
  );
  return { lines, extended, invoke: (sqs: SQSEvent) => handler(sqs, context, { signal: AbortSignal.timeout(5_000) }) };
}

describe('a Lambda behind a queue', () => {
  test('returns only the messages that failed, and brings them back sooner the fewer tries they had', async () => {
    const { invoke, extended } = lambda(async () => ['b', 'c']);
    expect(await invoke(event({ id: 'a' }, { id: 'b' }, { id: 'c', receives: 3 }))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'c' }],
    });
    expect(extended).toEqual([
      ['https://inbox', ['receipt-b'], 1],
      ['https://inbox', ['receipt-c'], 4],
    ]);
  });

  test('returns the whole batch when its work throws', async () => {
    const { invoke } = lambda(async () => {
      throw new Error('down');
    });
    expect(await invoke(event({ id: 'a' }, { id: 'b' }))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'b' }],
    });
  });

  test('adds what models and tools have cost to the price of its tasks', async () => {
    const { lines, invoke } = lambda(async (_records, invocation) => {
      invocation.note({ tasks_completed: 2, task_errors: 0, spent_usd: 3 });
      return [];
    });
    await invoke(event({ id: 'a' }));
    expect(lines[0]?.cost_per_task).toBeCloseTo(1.5);
  });

  test('writes one line per invocation, which is log and metrics at once', async () => {
    const { invoke, lines } = lambda(async (_, invocation) => {
      invocation.note({ tasks_completed: 3, task_errors: 1 });
      return [];
    });
    await invoke(event({ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ agent: 'worker', request_rate: 4, tasks_completed: 3, error_rate: 25 });
    const metadata = lines[0]?._aws as EmbeddedMetadata | undefined;
    const directive = metadata?.CloudWatchMetrics[0];
    expect(directive).toMatchObject({ Namespace: 'Muster', Dimensions: [['agent']] });
    for (const { Name } of directive?.Metrics ?? []) expect(typeof lines[0]?.[Name]).toBe('number');
  });
});
