import type { Logger, Visibility } from './ports.ts';
import type { QueueRecord } from './queue-record.ts';

/** The longest that a message waits which came back, in seconds. */
const LONGEST_SECONDS = 60;

/** Where the records came from, and the right to bring them back sooner. */
export interface Redelivery {
  readonly visibility: Visibility;
  /** The URL of the queue with this ARN; undefined when it isn't one of the Lambda's own. */
  queueUrl(queueArn: string): string | undefined;
}

/**
 * Messages that failed come back after 1, 2, 4, … seconds instead of the queue's visibility, which is minutes.
 * It also brings what nobody can read to the dead letters quickly. When it fails, the queue's own visibility holds.
 */
export async function comeBackSoon(
  records: readonly QueueRecord[],
  redelivery: Redelivery,
  logger: Logger,
): Promise<void> {
  const groups = Map.groupBy(records, (record) => `${record.receiveCount} ${record.queueArn}`);
  for (const group of groups.values()) {
    const [first] = group;
    const url = redelivery.queueUrl(first?.queueArn ?? '');
    if (!first || url === undefined) continue;
    const seconds = Math.min(LONGEST_SECONDS, 2 ** (first.receiveCount - 1));
    try {
      await redelivery.visibility.extend(
        url,
        group.map((record) => record.receiptHandle),
        seconds,
      );
    } catch (error) {
      logger.warn('failed messages come back late', { error, messages: group.length });
    }
  }
}
