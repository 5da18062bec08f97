import type { ReceivedMessage } from './queue-setup.ts';

/** A message that was received, and its receipts on both sides, the latest first. */
interface Known {
  readonly memory: string[];
  readonly cloud: string[];
  /** Until when its latest receiver holds it. */
  hiddenUntil: number;
}

/** A receipt of the same delivery on both sides. */
export interface ReceiptPair {
  readonly memory: string;
  readonly cloud: string;
  /** True when a later one has taken its place. */
  readonly outdated: boolean;
  readonly hidden: boolean;
}

/** Which receipts the two sides gave for what, so that a move can speak of the same delivery on both. */
export function receiptBook(now: () => number) {
  const known = new Map<string, Known>();
  const messageOf = (n: number): Known | undefined => [...known.values()][n % known.size];
  return {
    /** @param until when the messages are visible again */
    note: (side: 'memory' | 'cloud', received: readonly ReceivedMessage[], until: number): void => {
      for (const { body, receipt } of received) {
        const message = known.get(body) ?? { memory: [], cloud: [], hiddenUntil: 0 };
        known.set(body, message);
        message[side].unshift(receipt);
        message.hiddenUntil = until;
      }
    },
    /** Of the nth message ever received, so many deliveries back. */
    receipt: (n: number, back: number): ReceiptPair | undefined => {
      const message = messageOf(n);
      const [memory, cloud] = [message?.memory[back], message?.cloud[back]];
      if (!message || memory === undefined || cloud === undefined) return undefined;
      return { memory, cloud, outdated: back > 0, hidden: message.hiddenUntil > now() };
    },
    hide: (n: number, until: number): void => {
      const message = messageOf(n);
      if (message) message.hiddenUntil = until;
    },
    size: () => known.size,
  };
}
