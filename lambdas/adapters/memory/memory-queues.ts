import { SystemError } from '../../contracts/errors.ts';
import type { Clock, Ids, Queues, Visibility } from '../../runtime/ports.ts';
import { type MemoryQueue, type MemoryQueueOptions, memoryQueue } from './memory-queue.ts';
import type { Meter } from './meter.ts';

/** All queues of one world, and the ports onto them. */
export interface MemoryQueues {
  create(url: string, options?: MemoryQueueOptions): MemoryQueue;
  /** @throws SystemError `queue_unavailable` when nobody created it */
  queue(url: string): MemoryQueue;
  all(): readonly MemoryQueue[];
  /** The ports as one sender has them: receivers see its id. */
  port(senderId?: string): Queues & Visibility;
}

export function memoryQueues(world: { readonly clock: Clock; readonly meter: Meter; readonly ids: Ids }): MemoryQueues {
  const queues = new Map<string, MemoryQueue>();
  function queue(url: string): MemoryQueue {
    const known = queues.get(url);
    if (!known) throw new SystemError('queue_unavailable', `there is no queue ${url}`, { queue: url });
    return known;
  }
  return {
    queue,
    all: () => [...queues.values()],
    create: (url, options) => {
      const created = memoryQueue(url, world, options);
      queues.set(url, created);
      return created;
    },
    port: (senderId) => ({
      send: async (url, messages) => queue(url).send(messages, senderId),
      depth: async (url) => {
        world.meter.add('sqs', 1);
        const inFlight = queue(url).inFlight();
        return { waiting: queue(url).depth() - inFlight, inFlight };
      },
      extend: async (url, receipts, seconds) => queue(url).changeVisibility(receipts, seconds),
    }),
  };
}
