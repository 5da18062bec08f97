import { type EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { REPLAY_SOURCE } from '../../lambdas/contracts/bus-events.ts';

export interface ChannelSubscriptionProps {
  readonly bus: EventBus;
  /** Detail-types: channels, or the platform's own events. */
  readonly events: readonly string[];
  readonly queue: IQueue;
  /** Where events go that could not be delivered. */
  readonly undelivered: IQueue;
  readonly description: string;
  /** Whose own events are left out: nobody hears itself. */
  readonly self?: string;
}

/** Puts events of the bus on a queue: those that happen, not those that are replayed. */
export class ChannelSubscription extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { bus, events, queue, undelivered, description, self }: ChannelSubscriptionProps,
  ) {
    super(scope, id);
    const rule = new Rule(this, 'Rule', {
      eventBus: bus,
      description,
      eventPattern: {
        detailType: [...events],
        source: Match.anythingBut(REPLAY_SOURCE, ...(self === undefined ? [] : [self])),
      },
    });
    // Fair queue: a loud publisher does not make the others wait. Not every event names a tenant; all have a source.
    rule.addTarget(new SqsQueue(queue, { deadLetterQueue: undelivered, messageGroupId: '$.source' }));
  }
}
