import { Duration } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
  RedrivePermission,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { supports } from '../emulator-gaps.ts';
import { acknowledge } from './acknowledge.ts';
import { removalOf } from './removal.ts';

/** Longer than {@link QUEUE_DAYS}: a message keeps its age when it moves to a dead-letter queue. */
const DLQ_DAYS = 14;
const QUEUE_DAYS = 4;

/** What every queue has: TLS only, encrypted at rest, removal by stage. */
function common(scope: Construct, config: Config): QueueProps {
  return {
    enforceSSL: supports(config, 'tls'),
    removalPolicy: removalOf(config),
    ...(config.kmsKeyArn === undefined
      ? { encryption: QueueEncryption.SQS_MANAGED }
      : {
          encryption: QueueEncryption.KMS,
          encryptionMasterKey: Key.fromKeyArn(scope, 'Key', config.kmsKeyArn),
          dataKeyReuse: Duration.hours(1),
        }),
  };
}

export interface DeadLetterQueueProps {
  readonly config: Config;
  /** The dead letters of a FIFO queue go to a FIFO queue. Default: false. */
  readonly fifo?: boolean;
}

/** Where messages end that were given up on. Its consumer is the dead-letter Lambda: nothing ends here silently. */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { config, fifo = false }: DeadLetterQueueProps) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      ...common(this, config),
      retentionPeriod: Duration.days(DLQ_DAYS),
      // The dead-letter Lambda parks messages one by one, well within this.
      visibilityTimeout: Duration.seconds(6 * DEAD_LETTER_TIMEOUT_SECONDS),
      ...(fifo && { fifo }),
    });
    for (const rule of ['Serverless-SQSRedrivePolicy', 'AwsSolutions-SQS3'])
      acknowledge(this.queue, rule, 'This is a dead-letter queue; its Lambda parks what comes in.');
  }
}

/** The timeout of the Lambda behind every dead-letter queue. */
export const DEAD_LETTER_TIMEOUT_SECONDS = 60;

export interface QueueWithDlqProps {
  readonly config: Config;
  /** The timeout of the Lambda that reads the queue. Messages stay hidden for six times as long. */
  readonly consumerTimeoutSeconds: number;
  /** Deliveries before a message is given up on. Default: the configuration's `agents.maxReceives`. */
  readonly maxReceiveCount?: number;
  /** In order per message group, at high throughput. Default: false. */
  readonly fifo?: boolean;
  /** FIFO only: messages without an id of their own are told apart by their content, as those of the bus. Default: false. */
  readonly contentDeduplication?: boolean;
  /** One that several queues share. Default: its own. */
  readonly deadLetters?: DeadLetterQueue;
}

/** A queue whose messages are never lost: what its consumer gives up on goes to a queue that keeps it longer. */
export class QueueWithDlq extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: QueueWithDlqProps) {
    super(scope, id);
    const { config, fifo = false } = props;
    const dlq = props.deadLetters ?? new DeadLetterQueue(this, 'DeadLetters', { config, fifo });
    this.deadLetters = dlq.queue;
    this.queue = new Queue(this, 'Queue', {
      ...common(this, config),
      retentionPeriod: Duration.days(QUEUE_DAYS),
      visibilityTimeout: Duration.seconds(6 * props.consumerTimeoutSeconds),
      deadLetterQueue: { queue: dlq.queue, maxReceiveCount: props.maxReceiveCount ?? config.agents.maxReceives },
      // The dead-letter queue can't name its sources in return: CloudFormation would see a circle.
      redriveAllowPolicy: { redrivePermission: RedrivePermission.DENY_ALL },
      ...(fifo && {
        fifo,
        ...(props.contentDeduplication && { contentBasedDeduplication: true }),
        deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
        fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      }),
    });
  }
}
