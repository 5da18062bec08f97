import { CreateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Session } from '../../../../bin/cloud/session.ts';
import { sqsQueues } from '../../../../lambdas/adapters/aws/sqs-queues.ts';
import { createNoOpLambda, type Says } from './no-op-lambda.ts';
import { type Peer, timed } from './peer.ts';

/** SQS → Lambda and nothing else: no order, no record, no answer. What a queue could do at best. */
export async function bareQueue({ aws }: Session, says: Says, concurrency: number): Promise<Peer> {
  const name = `bench-queue-${says.replace(' ', '-')}`;
  await createNoOpLambda(aws.lambda, name, says);
  const { QueueUrl = '' } = await aws.sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: '180' } }),
  );
  const { Attributes } = await aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await aws.lambda.send(
    new CreateEventSourceMappingCommand({
      EventSourceArn: Attributes?.QueueArn,
      FunctionName: name,
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: concurrency },
    }),
  );
  const queues = sqsQueues(aws.sqs);
  return {
    run(tasks) {
      const messages = Array.from({ length: tasks }, (_, index) => ({ body: `{"task":${index}}` }));
      const consumed = async (): Promise<boolean> => {
        const { waiting, inFlight } = await queues.depth(QueueUrl);
        return waiting + inFlight === 0;
      };
      return timed(`a queue of ${tasks} messages`, () => queues.send(QueueUrl, messages), consumed);
    },
  };
}
