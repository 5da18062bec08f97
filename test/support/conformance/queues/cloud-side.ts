import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { sqsQueues, sqsVisibility } from '../../../../lambdas/adapters/aws/sqs-queues.ts';
import type { LocalServices } from '../local-services.ts';
import { TooSlow } from '../play.ts';
import { type QueueSetup, type QueueSide, type ReceivedMessage, STEP_MARGIN_MS, STEP_MS } from './queue-setup.ts';

/** A queue on the local cloud, in real time. @throws TooSlow when an operation ended too far into its step */
export async function cloudSide({ sqs, name }: LocalServices, setup: QueueSetup, patience: number) {
  const suffix = setup.fifo ? '.fifo' : '';
  const scope = setup.dedupScope ?? 'group';
  const fifo = {
    FifoQueue: 'true',
    ...(scope === 'group' && { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' }),
  };
  const create = async (kind: string, attributes: Record<string, string>): Promise<string> => {
    const Attributes = { ...(setup.fifo && fifo), ...attributes };
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name(kind) + suffix, Attributes }));
    return QueueUrl;
  };
  const dead = await create('dead', { VisibilityTimeout: '600' });
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['QueueArn'] }),
  );
  const redrive = { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: setup.maxReceiveCount };
  const inbox = await create('inbox', {
    VisibilityTimeout: String(setup.visibilitySeconds * patience),
    ...(setup.maxReceiveCount !== undefined && { RedrivePolicy: JSON.stringify(redrive) }),
  });
  const queues = sqsQueues(sqs);
  const visibility = sqsVisibility(sqs);

  async function receive(url: string, max: number): Promise<ReceivedMessage[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: max, MessageSystemAttributeNames: ['All'] }),
    );
    return Messages.map(({ Body = '', ReceiptHandle = '', Attributes: about = {} }) => ({
      body: Body,
      receipt: ReceiptHandle,
      receiveCount: Number(about.ApproximateReceiveCount),
      groupId: about.MessageGroupId,
    }));
  }

  /** As Lambda does: what can't be deleted any more is no fault of anybody's. */
  async function remove(url: string, receipts: readonly string[]): Promise<void> {
    const Entries = receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
  }

  let stepBegan = Date.now();
  async function inTime<T>(call: () => Promise<T>): Promise<T> {
    const answer = await call();
    if (Date.now() - stepBegan > STEP_MARGIN_MS * patience) throw new TooSlow();
    return answer;
  }

  const side: QueueSide = {
    send: (messages) => inTime(() => queues.send(inbox, messages)),
    receive: (max) => inTime(() => receive(inbox, max)),
    delete: (receipt) => inTime(() => remove(inbox, [receipt])),
    extend: (receipt, seconds) => inTime(() => visibility.extend(inbox, [receipt], seconds)),
    depth: () => inTime(() => queues.depth(inbox)),
    wait: async (steps) => {
      stepBegan += steps * STEP_MS * patience;
      await sleep(Math.max(0, stepBegan - Date.now()));
    },
    deadLetters: async () => {
      const bodies: string[] = [];
      for (let batch = await receive(dead, 10); batch.length > 0; batch = await receive(dead, 10)) {
        bodies.push(...batch.map(({ body }) => body));
        await remove(
          dead,
          batch.map(({ receipt }) => receipt),
        );
      }
      return bodies;
    },
  };
  const drop = async (): Promise<void> => {
    for (const QueueUrl of [inbox, dead]) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  };
  return { ...side, drop };
}
