import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { metricsLine } from './metrics.ts';
import type { Clock, Logger } from './ports.ts';
import type { QueueRecord } from './queue-record.ts';
import { comeBackSoon, type Redelivery } from './redelivery.ts';

/** Works on a batch and answers the ids of the records that must come back; throwing brings all of them back. */
export type BatchWork = (records: readonly QueueRecord[], invocation: Invocation) => Promise<readonly string[]>;

export interface Invocation {
  /** Milliseconds until Lambda stops the function. */
  remainingMs(): number;
  /** Adds figures to the one line that is logged per invocation. */
  note(fields: Record<string, unknown>): void;
}

function recordOf(record: SQSRecord): QueueRecord {
  return {
    id: record.messageId,
    body: record.body,
    receiptHandle: record.receiptHandle,
    receiveCount: Number(record.attributes.ApproximateReceiveCount),
    sentAt: Number(record.attributes.SentTimestamp),
    senderId: record.attributes.SenderId,
    groupId: record.attributes.MessageGroupId,
    queueArn: record.eventSourceARN,
  };
}

export interface QueueHandlerDeps {
  /** The agent's or platform Lambda's name. */
  readonly name: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Brings failed messages back within seconds; default: when the queue's visibility ends. */
  readonly redelivery?: Redelivery;
  /** Takes the invocation's one line; default: standard output. */
  readonly write?: (line: string) => void;
}

/**
 * The shell of every Lambda behind a queue: parse the batch, do the work, report partial failures, log one line with
 * its metrics. A failed record comes back to the queue; the others are deleted.
 */
export function queueHandler(deps: QueueHandlerDeps, work: BatchWork) {
  const write = deps.write ?? ((line: string) => void process.stdout.write(`${line}\n`));
  return middy<SQSEvent, SQSBatchResponse>().handler(async (event: SQSEvent, context: Context) => {
    const started = deps.clock.now();
    const notes: Record<string, unknown> = {};
    const records = event.Records.map(recordOf);
    const invocation: Invocation = {
      remainingMs: () => context.getRemainingTimeInMillis(),
      note: (fields) => void Object.assign(notes, fields),
    };
    let failed: readonly string[];
    try {
      failed = await work(records, invocation);
    } catch (error) {
      failed = records.map((record) => record.id);
      deps.logger.error('batch failed and goes back to its queue', { error, records: records.length });
    }
    if (failed.length > 0 && deps.redelivery) {
      const back = new Set(failed);
      await comeBackSoon(
        records.filter((record) => back.has(record.id)),
        deps.redelivery,
        deps.logger,
      );
    }
    write(
      metricsLine({
        name: deps.name,
        at: started,
        durationMs: deps.clock.now() - started,
        messages: records.length,
        failed: failed.length,
        bytes: records.reduce((sum, record) => sum + record.body.length, 0),
        memoryMb: Number(context.memoryLimitInMB),
        notes,
      }),
    );
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });
}
