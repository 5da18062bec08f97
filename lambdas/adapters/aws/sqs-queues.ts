import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { DataError, SystemError } from '../../contracts/errors.ts';
import type { OutgoingMessage, Queues, Visibility } from '../../runtime/ports.ts';
import { BATCH, batchesOf, type Retrying, sendUntilTaken } from '../batches.ts';
import { secureRandom, systemSleep } from '../system.ts';
import { serviceCall } from './service-failure.ts';

const CODE = 'queue_unavailable';
/** Batches on their way to a standard queue at once; a FIFO queue gets one after the other, to keep the order. */
const PARALLEL = 8;
const SYSTEM: Retrying = { sleep: systemSleep, random: secureRandom };

const bytesOf = (message: OutgoingMessage): number => Buffer.byteLength(message.body);

/** Queues on SQS. @throws DataError `message_refused` for what SQS will never take */
export function sqsQueues(client: SQSClient, retrying: Retrying = SYSTEM): Queues {
  async function sendOnce(queueUrl: string, messages: readonly OutgoingMessage[]): Promise<OutgoingMessage[]> {
    const { Failed } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: messages.map((message, index) => ({
          Id: String(index),
          MessageBody: message.body,
          ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
          ...(message.deduplicationId !== undefined && { MessageDeduplicationId: message.deduplicationId }),
          ...(message.delaySeconds !== undefined && { DelaySeconds: message.delaySeconds }),
        })),
      }),
    );
    const refused = Failed?.find((entry) => entry.SenderFault && !/throttl/i.test(entry.Code ?? ''));
    if (refused) throw messageRefused(queueUrl, refused.Message ?? refused.Code ?? 'no reason given');
    const failed = new Set(Failed?.map((entry) => entry.Id));
    return messages.filter((_message, index) => failed.has(String(index)));
  }

  async function sendBatch(queueUrl: string, batch: readonly OutgoingMessage[]): Promise<void> {
    const left = await sendUntilTaken(batch, (messages) => sendOnce(queueUrl, messages), retrying);
    if (left.length === 0) return;
    throw new SystemError(CODE, `${left.length} of ${batch.length} messages were not taken by ${nameOf(queueUrl)}`, {
      queue: nameOf(queueUrl),
    });
  }

  return {
    send: (queueUrl, messages) =>
      serviceCall(CODE, `sending to ${nameOf(queueUrl)}`, async () => {
        const tooLarge = messages.find((message) => bytesOf(message) > BATCH.bytes);
        if (tooLarge) throw messageRefused(queueUrl, `it has ${bytesOf(tooLarge)} bytes; use a claim check`);
        const batches = batchesOf(messages, bytesOf);
        const lanes = queueUrl.endsWith('.fifo') ? 1 : Math.min(PARALLEL, batches.length);
        const work = batches.values();
        await Promise.all(
          Array.from({ length: lanes }, async () => {
            for (const batch of work) await sendBatch(queueUrl, batch);
          }),
        );
      }),

    depth: (queueUrl) =>
      serviceCall(CODE, `measuring ${nameOf(queueUrl)}`, async () => {
        const { Attributes } = await client.send(
          new GetQueueAttributesCommand({
            QueueUrl: queueUrl,
            AttributeNames: [
              'ApproximateNumberOfMessages',
              'ApproximateNumberOfMessagesNotVisible',
              'ApproximateNumberOfMessagesDelayed',
            ],
          }),
        );
        const { ApproximateNumberOfMessages: visible = 0, ApproximateNumberOfMessagesDelayed: delayed = 0 } =
          Attributes ?? {};
        const inFlight = Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0);
        return { waiting: Number(visible) + Number(delayed), inFlight };
      }),
  };
}

/** Keeps messages hidden; one that is gone already, or came back to the queue, is nothing to extend. */
export function sqsVisibility(client: SQSClient): Visibility {
  return {
    extend: (queueUrl, receiptHandles, seconds) =>
      serviceCall(CODE, `extending visibility in ${nameOf(queueUrl)}`, async () => {
        for (const handles of batchesOf(receiptHandles, () => 0)) {
          const { Failed } = await client.send(
            new ChangeMessageVisibilityBatchCommand({
              QueueUrl: queueUrl,
              Entries: handles.map((handle, index) => ({
                Id: String(index),
                ReceiptHandle: handle,
                VisibilityTimeout: seconds,
              })),
            }),
          );
          const unavailable = Failed?.find((entry) => !entry.SenderFault);
          if (unavailable) throw new Error(`${unavailable.Code}: ${unavailable.Message}`);
        }
      }),
  };
}

const nameOf = (queueUrl: string): string => queueUrl.slice(queueUrl.lastIndexOf('/') + 1);

function messageRefused(queueUrl: string, reason: string): DataError {
  return new DataError('message_refused', `${nameOf(queueUrl)} refuses a message: ${reason}`, {
    queue: nameOf(queueUrl),
  });
}
