import { Stack } from 'aws-cdk-lib';
import { Policy } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { inlinePolicyName, receiveFrom } from './grants.ts';
import type { PlatformFunction } from './platform-function.ts';
import { queueSource } from './queue-source.ts';

export interface DeadLetterFeedProps {
  readonly deadLetters: PlatformFunction;
  /** By an id that is unique here. */
  readonly queues: Readonly<Record<string, IQueue>>;
}

/** Brings a stack's dead letters to the platform's dead-letter Lambda. Lies in the stack of the queues, not of the Lambda. */
export class DeadLetterFeed extends Construct {
  constructor(scope: Construct, id: string, { deadLetters, queues }: DeadLetterFeedProps) {
    super(scope, id);
    // One stack may have several feeds.
    const part = scope instanceof Stack ? '' : `-of-${scope.node.id.toLowerCase()}`;
    const policy = new Policy(this, 'Policy', {
      policyName: inlinePolicyName(this, `dead-letters${part}`),
      roles: [deadLetters.role],
      statements: [receiveFrom(...Object.values(queues))],
    });
    for (const [name, queue] of Object.entries(queues)) {
      const source = queueSource(this, name, { target: deadLetters.fn, queue, batchSize: 10, maxConcurrency: 2 });
      source.node.addDependency(policy);
    }
  }
}
