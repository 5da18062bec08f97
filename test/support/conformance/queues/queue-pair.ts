import type { OutgoingMessage } from '../../../../lambdas/runtime/ports.ts';
import { answerOf } from '../answers.ts';
import type { Answers, Pair } from '../operations.ts';
import type { QueueSetup, QueueSide, ReceivedMessage } from './queue-setup.ts';
import { receiptBook } from './receipts.ts';

/** What a sequence does with a queue. Messages are numbered in the order they were received, receipts from the latest back. */
export interface QueueMoves {
  send(messages: readonly NewMessage[]): Promise<void>;
  receive(max: number): Promise<void>;
  delete(message: number, receiptsBack: number): Promise<void>;
  extend(message: number, receiptsBack: number, seconds: number): Promise<void>;
  depth(): Promise<void>;
  wait(steps: number): Promise<void>;
}

export interface NewMessage extends Omit<OutgoingMessage, 'body'> {
  /** Default: a number that no other has. */
  readonly body?: string;
}

/** Most messages in the queue at once: one receive takes all that there are, so nobody's choice matters. */
const ALIVE = 10;
/** Steps that a sequence waits for in all. */
const STEPS = 4;
const NOTHING: Answers = { memory: undefined, cloud: undefined };

interface Sides {
  readonly memory: QueueSide & { now(): number };
  readonly cloud: QueueSide & { drop(): Promise<void> };
}

/** The same moves on both queues, as far as their outcome is promised. */
export function queuePair(setup: QueueSetup, patience: number, { memory, cloud }: Sides): Pair<QueueMoves> {
  const book = receiptBook(memory.now);
  const inMs = (seconds: number): number => memory.now() + seconds * patience * 1_000;
  let latest = NOTHING;
  let sent = 0;
  let stepsLeft = STEPS;

  async function both(call: (side: QueueSide, name: 'memory' | 'cloud') => Promise<unknown>): Promise<void> {
    latest = {
      memory: await answerOf(() => call(memory, 'memory')),
      cloud: await answerOf(() => call(cloud, 'cloud')),
    };
  }
  const receive = (max: number): Promise<void> =>
    both(async (side, name) => {
      const received = await side.receive(max);
      book.note(name, received, inMs(setup.visibilitySeconds));
      return comparable(setup, received);
    });

  const moves: QueueMoves = {
    send: async (messages) => {
      const { waiting, inFlight } = await memory.depth();
      const outgoing = messages
        .slice(0, ALIVE - waiting - inFlight)
        .map(({ body = `message ${sent++}`, delaySeconds, ...message }) => ({
          ...{ body, ...message },
          ...(delaySeconds !== undefined && { delaySeconds: delaySeconds * patience }),
        }));
      await both((side) => side.send(outgoing));
    },
    receive: async (max) => {
      // Which of several come when there are more is nobody's promise.
      const open = setup.fifo ? setup.groups.length > 1 : (await memory.depth()).waiting > max;
      await receive(open ? ALIVE : max);
    },
    delete: async (n, back) => {
      const receipt = book.receipt(n, back);
      // AWS refuses a FIFO receipt whose time is over; the local cloud does not.
      if (!receipt || (setup.fifo && !receipt.outdated && !receipt.hidden)) return;
      await both((side, name) => side.delete(receipt[name]));
    },
    extend: async (n, back, seconds) => {
      const receipt = book.receipt(n, back);
      // AWS refuses to hide what is visible again; the local cloud does not.
      if (!receipt || (!receipt.outdated && !receipt.hidden)) return;
      if (!receipt.outdated) book.hide(n, inMs(seconds));
      await both((side, name) => side.extend(receipt[name], seconds * patience));
    },
    depth: async () => {
      // The local cloud gives up messages of a group that is not free yet, AWS and memory when it is their turn.
      if (setup.fifo && setup.maxReceiveCount !== undefined) return;
      await both((side) => side.depth());
    },
    wait: async (steps) => {
      const taken = Math.min(steps, stepsLeft);
      stepsLeft -= taken;
      await both((side) => side.wait(taken));
    },
  };

  return {
    play: async (operation) => {
      latest = NOTHING;
      await operation.on(moves);
      return latest;
    },
    // What is held comes back at once, as often as it takes to be given up where that is so.
    atEnd: async () => {
      const ends: Answers[] = [];
      for (let round = 0; round < (setup.maxReceiveCount ?? 1); round++) {
        for (let n = 0; n < book.size(); n++) await moves.extend(n, 0, 0);
        await receive(ALIVE);
        ends.push(latest);
      }
      for (let n = 0; n < book.size(); n++) await moves.extend(n, 0, 0);
      await receive(ALIVE);
      await both(async (side) => (await side.deadLetters()).sort());
      ends.push(latest);
      return { memory: ends.map((end) => end.memory), cloud: ends.map((end) => end.cloud) };
    },
    close: () => cloud.drop(),
  };
}

/** Bodies and counts: in order within a group, in no order on a standard queue. */
function comparable({ fifo }: QueueSetup, messages: readonly ReceivedMessage[]): unknown {
  const shown = messages.map(({ body, receiveCount, groupId = '' }) => ({ body, receiveCount, groupId }));
  if (!fifo) return shown.map(({ body, receiveCount }) => `${body}, ${receiveCount}`).sort();
  return [...Map.groupBy(shown, ({ groupId }) => groupId)].sort(([a], [b]) => (a < b ? -1 : 1));
}
