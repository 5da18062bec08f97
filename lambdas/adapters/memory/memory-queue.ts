import { DataError } from '../../contracts/errors.ts';
import type { Clock, Ids, OutgoingMessage } from '../../runtime/ports.ts';
import type { QueueRecord } from '../../runtime/queue-record.ts';
import { BATCH, batchesOf } from '../batches.ts';
import { fifoLine } from './fifo-line.ts';
import { chunks, type Meter } from './meter.ts';
import { standardLine } from './standard-line.ts';
import type { StoredMessage } from './stored-message.ts';

export interface MemoryQueueOptions {
  /** Default: whether the URL ends in `.fifo`. */
  readonly fifo?: boolean;
  /** Default: 30, as SQS. */
  readonly visibilitySeconds?: number;
  /** Received this often, a message goes to the dead letters when it would be received again. */
  readonly redrive?: { readonly maxReceiveCount: number; readonly deadLetters: MemoryQueue };
  /** What a deduplication id is unique in; default `group`, as in high-throughput mode. */
  readonly dedupScope?: 'group' | 'queue';
}

/** An SQS queue in virtual time: nothing happens but by calls, under the clock's time. Messages do not expire. */
export interface MemoryQueue {
  readonly url: string;
  /** What SQS would refuse is refused after the rest of its batch was taken, as there. @throws DataError `message_refused` */
  send(messages: readonly OutgoingMessage[], senderId?: string): void;
  /** Up to ten messages; hidden from others afterwards. */
  receive(max?: number): QueueRecord[];
  /** Void receipts (the message was received again since, or a FIFO message's time is over) are passed over. */
  delete(receiptHandles: readonly string[]): void;
  /** A message that is visible again is passed over as well: it is nobody's. */
  changeVisibility(receiptHandles: readonly string[], seconds: number): void;
  /** Messages not deleted yet, those in flight included. */
  depth(): number;
  /** Messages that a receiver holds: given out, and neither deleted nor visible again. */
  inFlight(): number;
  /** When a message can be received, ms (in the past: now); undefined when there is none. */
  nextAt(): number | undefined;
  /** Everything in it is lost, hidden or not; standard queues only. */
  purge(): void;
  /** Takes over a message that another queue gave up on, with its id. */
  adopt(message: StoredMessage): void;
}

const DEDUP_MS = 5 * 60_000;

export function memoryQueue(
  url: string,
  world: { readonly clock: Clock; readonly meter: Meter; readonly ids: Ids },
  options: MemoryQueueOptions = {},
): MemoryQueue {
  const { clock, meter, ids } = world;
  const { fifo = url.endsWith('.fifo'), visibilitySeconds = 30, redrive, dedupScope = 'group' } = options;
  const line = fifo ? fifoLine() : standardLine();
  const byReceipt = new Map<string, StoredMessage>();
  const seen = new Map<string, number>();
  let depth = 0;

  function isDuplicate(message: OutgoingMessage, now: number): boolean {
    for (const [key, until] of seen) {
      if (until > now) break;
      seen.delete(key);
    }
    const scope = dedupScope === 'group' ? message.groupId : '';
    const key = `${scope}\n${message.deduplicationId}`;
    if (seen.has(key)) return true;
    seen.set(key, now + DEDUP_MS);
    return false;
  }

  function enqueue(message: StoredMessage): void {
    depth++;
    line.add(message);
  }

  function leave(message: StoredMessage): void {
    message.gone = true;
    depth--;
    if (message.receipt) byReceipt.delete(message.receipt);
  }

  function admit(message: StoredMessage): boolean {
    if (message.receipt) byReceipt.delete(message.receipt);
    if (redrive && message.receiveCount >= redrive.maxReceiveCount) {
      leave(message);
      redrive.deadLetters.adopt(message);
      return false;
    }
    message.receiveCount++;
    message.receipt = `${message.id}#${message.receiveCount}`;
    message.visibleAt = clock.now() + visibilitySeconds * 1_000;
    byReceipt.set(message.receipt, message);
    return true;
  }

  function heldBy(receipt: string): StoredMessage | undefined {
    const message = byReceipt.get(receipt);
    return message && fifo && message.visibleAt <= clock.now() ? undefined : message;
  }

  return {
    url,
    depth: () => depth,
    inFlight: () => {
      const now = clock.now();
      let held = 0;
      for (const message of byReceipt.values()) if (message.visibleAt > now) held++;
      return held;
    },
    nextAt: () => line.nextAt(),
    purge: () => {
      const lose = (message: StoredMessage): boolean => {
        leave(message);
        return false;
      };
      line.take(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, lose);
    },
    adopt: ({ id, body, groupId, senderId, sentAt }) =>
      enqueue({
        ...{ id, body, groupId, senderId, sentAt },
        ...{ receiveCount: 0, visibleAt: clock.now(), receipt: undefined, gone: false },
      }),

    send: (messages, senderId = 'memory') => {
      for (const message of messages) if (bytesOf(message) > BATCH.bytes) throw refused(url, tooLarge(message));
      for (const batch of batchesOf(messages, bytesOf)) {
        meter.add('sqs', chunks(batch.reduce((sum, message) => sum + bytesOf(message), 0)));
        const now = clock.now();
        let fault: string | undefined;
        for (const message of batch) {
          const faulty = faultOf(fifo, message);
          fault ??= faulty;
          if (faulty || (fifo && isDuplicate(message, now))) continue;
          enqueue({
            ...{ id: ids.uuid(), body: message.body, groupId: message.groupId, senderId, sentAt: now },
            ...{ receiveCount: 0, visibleAt: now + (message.delaySeconds ?? 0) * 1_000, receipt: undefined },
            gone: false,
          });
        }
        if (fault) throw refused(url, fault);
      }
    },

    receive: (max = 10) => {
      const taken = line.take(Math.min(max, BATCH.entries), clock.now(), admit);
      meter.add('sqs', chunks(taken.reduce((sum, message) => sum + Buffer.byteLength(message.body), 0)));
      return taken.map(recordOf);
    },

    delete: (receipts) => {
      meter.add('sqs', Math.ceil(receipts.length / BATCH.entries));
      for (const receipt of receipts) {
        const message = heldBy(receipt);
        if (message) leave(message);
      }
    },

    changeVisibility: (receipts, seconds) => {
      meter.add('sqs', Math.ceil(receipts.length / BATCH.entries));
      for (const receipt of receipts) {
        const message = heldBy(receipt);
        if (!message || message.visibleAt <= clock.now()) continue;
        message.visibleAt = clock.now() + seconds * 1_000;
        line.changed(message);
      }
    },
  };
}

const bytesOf = (message: OutgoingMessage): number => Buffer.byteLength(message.body);

function recordOf(message: StoredMessage): QueueRecord {
  const { id, body, receiveCount, sentAt, senderId, groupId, receipt = '' } = message;
  return { id, body, receiptHandle: receipt, receiveCount, sentAt, senderId, groupId };
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html, "MessageBody" */
const NOT_TAKEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Why SQS would refuse a message. */
function faultOf(fifo: boolean, { body, groupId, deduplicationId, delaySeconds = 0 }: OutgoingMessage) {
  return (
    (body === '' && 'its body is empty') ||
    (NOT_TAKEN.test(body) && 'its body has a character that SQS does not take') ||
    (fifo && groupId === undefined && 'a FIFO queue needs a group id') ||
    (fifo && deduplicationId === undefined && 'a FIFO queue needs a deduplication id') ||
    (fifo && delaySeconds > 0 && 'a FIFO queue takes no delay per message') ||
    (!fifo && deduplicationId !== undefined && 'a standard queue takes no deduplication id') ||
    (delaySeconds > 900 && 'a delay is at most 900 s') ||
    undefined
  );
}

const tooLarge = (message: OutgoingMessage): string => `it has ${bytesOf(message)} bytes; use a claim check`;

function refused(url: string, fault: string): DataError {
  return new DataError('message_refused', `${url} refuses a message: ${fault}`, { queue: url });
}
