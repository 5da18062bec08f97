import type { MemoryQueue, MemoryQueueOptions } from '../adapters/memory/memory-queue.ts';
import type { MemoryQueues } from '../adapters/memory/memory-queues.ts';
import type { Clock, OutgoingMessage, Queues, Visibility } from '../runtime/ports.ts';
import type { EventLoop, Job } from './event-loop.ts';
import type { Hooks } from './hooks.ts';

/** Queues whose readers are told when there may be something for them. */
export interface QueueNetwork {
  create(url: string, options?: MemoryQueueOptions): MemoryQueue;
  /** Who reads a queue. */
  read(url: string, reader: Job): void;
  /** Makes whoever reads the queue look whether there is something. */
  wake(url: string): void;
  /** The ports as one sender has them; receivers see `senderId`. */
  port(sender: string, senderId: string): Queues & Visibility;
}

export function createQueueNetwork(queues: MemoryQueues, clock: Clock, loop: EventLoop, hooks: Hooks): QueueNetwork {
  const readers = new Map<string, Job>();
  /** When the last message of a FIFO group arrives that is on its way. */
  const arrivals = new Map<string, number>();

  const touched = (url: string): void => {
    const reader = readers.get(url);
    if (reader) loop.soon(reader);
  };

  function arrivalOf(url: string, hop: number, { groupId }: OutgoingMessage): number {
    const soonest = clock.now() + hop;
    if (!url.endsWith('.fifo')) return soonest;
    const key = `${url} ${groupId}`;
    const at = Math.max(soonest, arrivals.get(key) ?? 0);
    arrivals.set(key, at);
    return at;
  }

  return {
    create(url, options = {}) {
      const { redrive } = options;
      if (!redrive) return queues.create(url, options);
      const { deadLetters } = redrive;
      const told: MemoryQueue = {
        ...deadLetters,
        adopt: (message) => {
          deadLetters.adopt(message);
          touched(deadLetters.url);
        },
      };
      return queues.create(url, { ...options, redrive: { ...redrive, deadLetters: told } });
    },
    read: (url, reader) => void readers.set(url, reader),
    wake: touched,
    port(sender, senderId) {
      const port = queues.port(senderId);
      async function arrive(url: string, messages: readonly OutgoingMessage[]): Promise<void> {
        await port.send(url, messages);
        touched(url);
      }
      return {
        depth: (url) => port.depth(url),
        async send(url, messages) {
          const hop = hooks.hopMs?.(url, sender) ?? 0;
          if (hop <= 0 && arrivals.size === 0) return arrive(url, messages);
          const byArrival = Map.groupBy(messages, (message) => arrivalOf(url, hop, message));
          for (const [at, group] of byArrival) {
            if (at <= clock.now()) await arrive(url, group);
            else clock.after(at - clock.now(), () => void arrive(url, group).catch((error) => loop.fail(error)));
          }
        },
        async extend(url, receipts, seconds) {
          await port.extend(url, receipts, seconds);
          touched(url);
        },
      };
    },
  };
}
