import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { JsonObject } from '../../../lambdas/contracts/json.ts';

const Told = z.object({ 'detail-type': z.string(), detail: z.record(z.string(), z.json()) });

/** A topic sends to no queue that does not let it in. */
const letsIn = (queueArn: string, topicArn: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      ...{
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
      },
      Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
    },
  ],
});

/**
 * Subscribes a queue to an SNS topic of the local cloud, as a person's pager would be. By hand: nothing else here needs a
 * client for SNS, and the emulator checks no signature.
 */
export async function subscribe(sqs: SQSClient, endpoint: string, topicArn: string) {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `topic-${randomUUID().slice(0, 8)}` }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const QueueArn = Attributes?.QueueArn ?? '';
  const Policy = JSON.stringify(letsIn(QueueArn, topicArn));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sns/aws4_request' },
    body: new URLSearchParams({
      ...{ Action: 'Subscribe', Version: '2010-03-31', TopicArn: topicArn, Protocol: 'sqs' },
      ...{ Endpoint: QueueArn, 'Attributes.entry.1.key': 'RawMessageDelivery' },
      'Attributes.entry.1.value': 'true',
    }),
  });
  if (!answer.ok) throw new Error(`the topic took no subscription: ${await answer.text()}`);
  const told: Array<{ name: string; detail: JsonObject }> = [];
  return {
    /** What the topic has told so far. */
    async read() {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      for (const { Body = '' } of Messages) {
        const { 'detail-type': name, detail } = Told.parse(JSON.parse(Body));
        told.push({ name, detail });
      }
      return told;
    },
    close: async () => void (await sqs.send(new DeleteQueueCommand({ QueueUrl }))),
  };
}
