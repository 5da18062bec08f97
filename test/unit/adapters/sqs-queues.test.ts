import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { sqsQueues, sqsVisibility } from '../../../lambdas/adapters/aws/sqs-queues.ts';

const URL = 'https://sqs/1/inbox';
const sqs = mockClient(SQSClient);
const waits: number[] = [];
const queues = sqsQueues(new SQSClient({ region: 'us-east-1' }), {
  sleep: async (ms) => void waits.push(ms),
  random: () => 0.5,
});
const sent = () =>
  sqs.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input.Entries?.map((e) => e.MessageBody));
const failed = (Id: string, SenderFault = false, Code = 'InternalError') => ({ Id, SenderFault, Code });
const bodies = (count: number) => Array.from({ length: count }, (_, i) => ({ body: `m${i}` }));

beforeEach(() => {
  sqs.reset();
  waits.length = 0;
});

describe('sending to SQS', () => {
  test('puts ten messages in a request', async () => {
    sqs.on(SendMessageBatchCommand).resolves({ Failed: [], Successful: [] });
    await queues.send(URL, bodies(23));
    expect(sent().map((batch) => batch?.length)).toEqual([10, 10, 3]);
  });

  test('keeps each request below 1 MiB', async () => {
    sqs.on(SendMessageBatchCommand).resolves({ Failed: [], Successful: [] });
    await queues.send(
      URL,
      [1, 2, 3].map(() => ({ body: 'x'.repeat(500_000) })),
    );
    expect(sent().map((batch) => batch?.length)).toEqual([2, 1]);
  });

  test('sends only the failed entries again, after a wait that grows', async () => {
    sqs
      .on(SendMessageBatchCommand)
      .resolvesOnce({ Successful: [], Failed: [failed('1'), failed('2')] })
      .resolvesOnce({ Successful: [], Failed: [failed('1')] })
      .resolves({ Successful: [], Failed: [] });
    await queues.send(URL, bodies(4));
    expect(sent()).toEqual([['m0', 'm1', 'm2', 'm3'], ['m1', 'm2'], ['m2']]);
    expect(waits).toEqual([50, 100]);
  });

  test('gives up with a system error when entries keep failing', async () => {
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [failed('0')] });
    await expect(queues.send(URL, bodies(1))).rejects.toMatchObject({ code: 'queue_unavailable', class: 'system' });
    expect(sent()).toHaveLength(6);
  });

  test('does not send again what is the sender’s fault', async () => {
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [failed('0', true, 'InvalidMessageContents')] });
    await expect(queues.send(URL, bodies(1))).rejects.toMatchObject({ code: 'message_refused', class: 'data' });
    expect(sent()).toHaveLength(1);
  });

  test('does send again what was throttled, though SQS calls that the sender’s fault', async () => {
    sqs
      .on(SendMessageBatchCommand)
      .resolvesOnce({ Successful: [], Failed: [failed('0', true, 'RequestThrottled')] })
      .resolves({ Successful: [], Failed: [] });
    await queues.send(URL, bodies(1));
    expect(sent()).toHaveLength(2);
  });

  test('sends to a FIFO queue one request after the other, and not past a failed one', async () => {
    sqs.on(SendMessageBatchCommand).rejects(new Error('gone'));
    const messages = bodies(30).map(({ body }) => ({ body, groupId: 'run', deduplicationId: body }));
    await expect(queues.send(`${URL}.fifo`, messages)).rejects.toMatchObject({ code: 'queue_unavailable' });
    expect(sent()).toHaveLength(1);
  });

  test('turns what the SDK throws into a system error that keeps its cause and hides the body', async () => {
    const cause = Object.assign(new Error('no such queue'), { name: 'QueueDoesNotExist' });
    sqs.on(SendMessageBatchCommand).rejects(cause);
    const error = await queues.send(URL, [{ body: 'secret body' }]).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'queue_unavailable', cause, details: { error: 'QueueDoesNotExist' } });
    expect(JSON.stringify(error.toReport())).not.toContain('secret body');
  });
});

describe('measuring a queue on SQS', () => {
  test('tells what waits, delayed or not, from what somebody holds', async () => {
    const Attributes = {
      ApproximateNumberOfMessages: '3',
      ApproximateNumberOfMessagesDelayed: '4',
      ApproximateNumberOfMessagesNotVisible: '20',
    };
    sqs.on(GetQueueAttributesCommand).resolves({ Attributes });
    expect(await queues.depth(URL)).toEqual({ waiting: 7, inFlight: 20 });
  });
});

describe('extending visibility on SQS', () => {
  const visibility = sqsVisibility(new SQSClient({ region: 'us-east-1' }));

  test('takes ten receipts in a request', async () => {
    sqs.on(ChangeMessageVisibilityBatchCommand).resolves({ Successful: [], Failed: [] });
    const receipts = Array.from({ length: 12 }, (_, i) => `receipt-${i}`);
    await visibility.extend(URL, receipts, 60);
    const entries = sqs.commandCalls(ChangeMessageVisibilityBatchCommand).map((call) => call.args[0].input.Entries);
    expect(entries.map((batch) => batch?.length)).toEqual([10, 2]);
    expect(entries[1]?.[1]).toEqual({ Id: '1', ReceiptHandle: 'receipt-11', VisibilityTimeout: 60 });
  });

  test('passes over receipts that are void, and reports a service that is down', async () => {
    sqs
      .on(ChangeMessageVisibilityBatchCommand)
      .resolvesOnce({ Successful: [], Failed: [failed('0', true, 'ReceiptHandleIsInvalid')] })
      .resolves({ Successful: [], Failed: [failed('0', false)] });
    await visibility.extend(URL, ['void'], 60);
    await expect(visibility.extend(URL, ['good'], 60)).rejects.toMatchObject({ code: 'queue_unavailable' });
  });
});
