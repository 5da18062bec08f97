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

/** Messages that are to stay hidden for so many seconds. */
const hidden = new WeakMap<QueueRecord, number>();

/** SQS hides no message for longer than 12 hours from its receipt. */
const MOST_SECONDS = 11 * 3_600;

/** When this message comes back, it does so after as many seconds, not after those of one that failed. */
export function stayHidden(record: QueueRecord, seconds: number): void {
  hidden.set(record, Math.min(seconds, MOST_SECONDS));
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
  const waits = new Map(records.map((record) => [record, secondsOf(record)]));
  const groups = Map.groupBy(waits, ([record, seconds]) => `${seconds} ${record.queueArn}`);
  for (const group of groups.values()) {
    const [[first, seconds] = []] = group;
    const url = redelivery.queueUrl(first?.queueArn ?? '');
    if (seconds === undefined || url === undefined) continue;
    try {
      await redelivery.visibility.extend(
        url,
        group.map(([record]) => record.receiptHandle),
        seconds,
      );
    } catch (error) {
      logger.warn('failed messages come back late', { error, messages: group.length });
    }
  }
}

function secondsOf(record: QueueRecord): number {
  const wanted = hidden.get(record);
  hidden.delete(record);
  return wanted ?? Math.min(LONGEST_SECONDS, 2 ** (record.receiveCount - 1));
}
