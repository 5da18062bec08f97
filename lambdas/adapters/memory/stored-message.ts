/** A message in a memory queue. */
export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  readonly groupId: string | undefined;
  readonly senderId: string;
  readonly sentAt: number;
  receiveCount: number;
  /** Hidden until then, ms. */
  visibleAt: number;
  /** Of the latest delivery; older ones are void. */
  receipt: string | undefined;
  /** Deleted, or moved to the dead letters. */
  gone: boolean;
}

/** The order in which a queue gives its messages out. */
export interface Line {
  add(message: StoredMessage): void;
  /**
   * Up to `max` messages that may be given out now. `admit` stamps each with its new visibility and receipt,
   * or says false: then it has left the queue.
   */
  take(max: number, now: number, admit: (message: StoredMessage) => boolean): StoredMessage[];
  /** The visibility of a message that was given out changed. */
  changed(message: StoredMessage): void;
  /** When something may be taken, ms; undefined when nothing waits. */
  nextAt(): number | undefined;
}
