import { setTimeout as sleep } from 'node:timers/promises';
import { CreateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Session } from '../../../../bin/cloud/session.ts';
import { sqsQueues } from '../../../../lambdas/adapters/aws/sqs-queues.ts';
import { createNoOpLambda } from './no-op-lambda.ts';
import { GIVE_UP_MS, LOOK_EVERY_MS, type Peer } from './peer.ts';

/** SQS → Lambda and nothing else: no order, no record, no answer. What a queue could do at best. */
export async function bareQueue({ aws }: Session, concurrency: number): Promise<Peer> {
  await createNoOpLambda(aws.lambda, 'bench-queue-worker');
  const { QueueUrl = '' } = await aws.sqs.send(
    new CreateQueueCommand({ QueueName: 'bench-bare', Attributes: { VisibilityTimeout: '180' } }),
  );
  const { Attributes } = await aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await aws.lambda.send(
    new CreateEventSourceMappingCommand({
      EventSourceArn: Attributes?.QueueArn,
      FunctionName: 'bench-queue-worker',
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: concurrency },
    }),
  );
  const queues = sqsQueues(aws.sqs);
  return {
    async run(tasks) {
      const messages = Array.from({ length: tasks }, (_, index) => ({ body: `{"task":${index}}` }));
      const began = performance.now();
      await queues.send(QueueUrl, messages);
      while (performance.now() - began < GIVE_UP_MS) {
        if ((await queues.depth(QueueUrl)) === 0) return performance.now() - began;
        await sleep(LOOK_EVERY_MS);
      }
      throw new Error(`${tasks} messages were not consumed within ${GIVE_UP_MS / 1_000} s`);
    },
  };
}
