import type { OutgoingMessage } from '../../../../lambdas/runtime/ports.ts';

/** What kind of queue a sequence is played on. */
export interface QueueSetup {
  readonly name: string;
  readonly fifo: boolean;
  readonly visibilitySeconds: number;
  /** FIFO: several share the queue. */
  readonly groups: readonly string[];
  readonly dedupScope?: 'group' | 'queue';
  readonly maxReceiveCount?: number;
}

/** Between two waits nothing is slow enough to matter; a wait is one such step, or several. */
export const STEP_MS = 1_500;
/** Seconds that end well between two steps: the ones that operations may take so long as a third of a step. */
export const CLEAR_SECONDS = [1, 2, 4] as const;
/** How far into a step its last operation may end. */
export const STEP_MARGIN_MS = 450;

/** One side of a comparison: a queue and its dead letters. */
export interface QueueSide {
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** @param max at most 10 */
  receive(max: number): Promise<ReceivedMessage[]>;
  delete(receipt: string): Promise<void>;
  extend(receipt: string, seconds: number): Promise<void>;
  depth(): Promise<{ readonly waiting: number; readonly inFlight: number }>;
  /** Lets this many steps pass. */
  wait(steps: number): Promise<void>;
  /** Bodies of all that was given up. */
  deadLetters(): Promise<string[]>;
}

export interface ReceivedMessage {
  readonly body: string;
  readonly receipt: string;
  readonly receiveCount: number;
  readonly groupId: string | undefined;
}
