import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type BusEventName, PLATFORM_SOURCE } from '../../lambdas/contracts/bus-events.ts';
import type { Config } from '../config.ts';
import { supports } from '../emulator-gaps.ts';

/** What waits for a person: questions with their reminders, and runs that have paused. */
const FOR_PEOPLE: readonly BusEventName[] = ['decision_requested', 'workflow_paused'];

export interface PeopleTopicProps {
  readonly config: Config;
  readonly bus: EventBus;
  /** Where events go that could not be published. */
  readonly undelivered: IQueue;
}

/**
 * The topic that people subscribe to, by mail, chat or pager. Only the bus publishes on it, and only over TLS. It is
 * encrypted where the configuration names a key: EventBridge can not use the key that AWS has for SNS, and a key of its own
 * would cost $1 a month.
 */
export class PeopleTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { config, bus, undelivered }: PeopleTopicProps) {
    super(scope, id);
    const { kmsKeyArn } = config;
    this.topic = new Topic(this, 'Topic', {
      displayName: 'Muster: somebody is asked',
      enforceSSL: supports(config, 'tls'),
      ...(kmsKeyArn !== undefined && { masterKey: Key.fromKeyArn(this, 'Key', kmsKeyArn) }),
    });
    const rule = new Rule(this, 'Rule', {
      eventBus: bus,
      description: 'What waits for a person',
      eventPattern: { source: [PLATFORM_SOURCE], detailType: [...FOR_PEOPLE] },
    });
    rule.addTarget(new SnsTopic(this.topic, { deadLetterQueue: undelivered }));
  }
}
