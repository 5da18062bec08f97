import { memoryQueues } from '../../../../lambdas/adapters/memory/memory-queues.ts';
import { createMeter } from '../../../../lambdas/adapters/memory/meter.ts';
import { countingIds, virtualClock } from '../../../../lambdas/adapters/memory/virtual-clock.ts';
import { type QueueSetup, type QueueSide, STEP_MS } from './queue-setup.ts';

/** A queue in memory, on a clock that moves only while waiting. */
export function memorySide(setup: QueueSetup, patience: number) {
  const clock = virtualClock();
  const queues = memoryQueues({ clock, meter: createMeter(), ids: countingIds() });
  const port = queues.port();
  const suffix = setup.fifo ? '.fifo' : '';
  const dead = queues.create(`memory://dead${suffix}`);
  const queue = queues.create(`memory://inbox${suffix}`, {
    visibilitySeconds: setup.visibilitySeconds * patience,
    ...(setup.dedupScope && { dedupScope: setup.dedupScope }),
    ...(setup.maxReceiveCount !== undefined && {
      redrive: { maxReceiveCount: setup.maxReceiveCount, deadLetters: dead },
    }),
  });
  const side: QueueSide = {
    send: (messages) => port.send(queue.url, messages),
    receive: async (max) =>
      queue.receive(max).map(({ body, receiptHandle, receiveCount, groupId }) => ({
        ...{ body, receiveCount, groupId },
        receipt: receiptHandle,
      })),
    delete: async (receipt) => queue.delete([receipt]),
    extend: (receipt, seconds) => port.extend(queue.url, [receipt], seconds),
    depth: () => port.depth(queue.url),
    wait: async (steps) => clock.advance(steps * STEP_MS * patience),
    deadLetters: async () => {
      const bodies: string[] = [];
      for (let batch = dead.receive(); batch.length > 0; batch = dead.receive()) {
        bodies.push(...batch.map(({ body }) => body));
        dead.delete(batch.map(({ receiptHandle }) => receiptHandle));
      }
      return bodies;
    },
  };
  return { ...side, now: () => clock.now() };
}
