import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

export interface QueueSourceProps {
  readonly target: IFunction;
  readonly queue: IQueue;
  /** Messages per invocation, 1 to 10. */
  readonly batchSize: number;
  /** Most invocations at once; the least that Lambda takes is 2. */
  readonly maxConcurrency: number;
}

/** Lambda polls the queue; the messages that the function names as failed come back, the others are gone. */
export function queueSource(scope: Construct, id: string, props: QueueSourceProps): EventSourceMapping {
  const mapping = new EventSourceMapping(scope, id, {
    target: props.target,
    eventSourceArn: props.queue.queueArn,
    batchSize: props.batchSize,
    maxConcurrency: props.maxConcurrency,
    reportBatchItemFailures: true,
  });
  acknowledge(
    mapping,
    'Serverless-LambdaEventSourceMappingDestination',
    'Failure destinations are for streams: a queue has its redrive policy.',
  );
  // Lambda checks when the mapping is made that the role may receive.
  if (props.target.role) mapping.node.addDependency(props.target.role);
  return mapping;
}
