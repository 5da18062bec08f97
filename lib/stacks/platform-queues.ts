import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { DeadLetterQueue, QueueWithDlq } from '../constructs/queue-with-dlq.ts';

/**
 * Timeouts, in seconds, of the Lambdas behind the platform's queues. A coordinator that dies in the middle of a turn holds
 * its runs up until the messages are visible again, six times this: the shorter, the sooner they go on.
 */
export const TIMEOUTS = { intake: 30, coordinator: 15, timers: 30, monitor: 30, audit: 60 } as const;

/** The platform's own queues; agents' inboxes lie in the stacks of their systems. */
export class PlatformQueues extends Construct {
  /** Every message about a run, in order per run. */
  readonly coordinator: QueueWithDlq;
  readonly intake: QueueWithDlq;
  readonly timers: QueueWithDlq;
  readonly monitor: QueueWithDlq;
  /** What is noted for good, in order per chain. */
  readonly audit: QueueWithDlq;
  /** Events and scheduled calls that found no taker. */
  readonly undelivered: DeadLetterQueue;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.coordinator = new QueueWithDlq(this, 'Coordinator', {
      config,
      consumerTimeoutSeconds: TIMEOUTS.coordinator,
      fifo: true,
    });
    this.intake = new QueueWithDlq(this, 'Intake', { config, consumerTimeoutSeconds: TIMEOUTS.intake });
    this.timers = new QueueWithDlq(this, 'Timers', { config, consumerTimeoutSeconds: TIMEOUTS.timers });
    this.monitor = new QueueWithDlq(this, 'Monitor', { config, consumerTimeoutSeconds: TIMEOUTS.monitor });
    this.audit = new QueueWithDlq(this, 'Audit', {
      config,
      consumerTimeoutSeconds: TIMEOUTS.audit,
      fifo: true,
      contentDeduplication: true,
    });
    this.undelivered = new DeadLetterQueue(this, 'Undelivered', { config });
  }
}
