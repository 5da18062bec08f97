import { createHash } from 'node:crypto';
import type { ParkedMessage } from '../runtime/ports.ts';

/** Messages that were given up on for the same reason. */
export interface Cause {
  /** Names the cause from one look to the next. */
  readonly fingerprint: string;
  readonly queue: string;
  readonly messageType: string;
  /** The reason, without what differs from message to message. */
  readonly reason: string;
  /** Newest first. */
  readonly messages: readonly ParkedMessage[];
}

/** Ids, times and numbers: what one message has and the next has otherwise. */
const PARTICULARS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b(run|flow|parked)_[0-9a-f]{4,40}\b/g, '$1_…'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '…'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '…'],
  [/\d+(?:[.,:]\d+)*/g, '#'],
];

/** A reason without what differs from message to message. */
export function commonReason(reason: string): string {
  return PARTICULARS.reduce((text, [particular, instead]) => text.replaceAll(particular, instead), reason).trim();
}

/** The causes of what is parked, the one with most messages first. */
export function causesOf(messages: readonly ParkedMessage[]): Cause[] {
  const groups = Map.groupBy(messages, ({ queue, messageType, reason }) =>
    JSON.stringify([queue, messageType, commonReason(reason)]),
  );
  const causes = [...groups].flatMap(([key, group]): Cause[] => {
    const [first] = group;
    if (!first) return [];
    const { queue, messageType, reason } = first;
    const fingerprint = createHash('sha256').update(key).digest('hex').slice(0, 8);
    return [{ fingerprint, queue, messageType, reason: commonReason(reason), messages: group }];
  });
  return causes.sort((a, b) => b.messages.length - a.messages.length || (a.fingerprint < b.fingerprint ? -1 : 1));
}
