import type { QueueRecord } from '../../../lambdas/runtime/queue-record.ts';
import type { Delivery, DeliveryFault } from '../../../lambdas/testing/hooks.ts';
import type { FaultContext, FaultKind } from './fault.ts';

/** Sends a message that was received once more, as a new one. */
function sendAgain({ random, world }: FaultContext, queue: string, record: QueueRecord, afterMs: number): void {
  const { platform } = world();
  const { body, groupId, senderId } = record;
  platform.clock.after(afterMs, () => {
    const fifo = queue.endsWith('.fifo') && { deduplicationId: `again ${random.next()}` };
    // Through the network, so that its reader is told; in the name of who had sent it.
    const sender = senderId.split(':')[1] ?? 'bus';
    void platform
      .queuesOf(sender === 'amazonaws.com' ? 'bus' : sender)
      .send(queue, [{ body, ...(groupId !== undefined && { groupId }), ...fifo }]);
  });
}

/**
 * The batch, delivered again so many ms later. A FIFO queue gives nothing to two receivers at a time unless the first has
 * lost its hold on it, and then the messages say that they were received before.
 */
export function copied({ queue, records }: Delivery, copies: readonly number[]): DeliveryFault {
  if (queue.endsWith('.fifo'))
    for (const record of records) Object.assign(record, { receiveCount: record.receiveCount + 1 });
  return { copies };
}

const isInbox = (queue: string): boolean => queue.endsWith('-standard') || queue.endsWith('-express');

/** Of the batch's messages, each with this chance. */
function some(context: FaultContext, delivery: Delivery, chance: number): QueueRecord[] {
  if (delivery.copy > 1) return [];
  return delivery.records.filter(() => context.strikes(chance));
}

export const duplicate: FaultKind = {
  number: 1,
  does: 'a batch is delivered to two containers at the same time',
  arm: (context) => ({
    deliver(delivery) {
      if (delivery.copy > 1 || !context.strikes(0.25)) return undefined;
      return copied(delivery, context.random.chance(0.3) ? [0, 1] : [context.random.int(300)]);
    },
  }),
};

export const lateDuplicate: FaultKind = {
  number: 2,
  does: 'a message comes once more after every dedup window',
  arm: (context) => ({
    deliver(delivery) {
      for (const record of some(context, delivery, 0.2))
        sendAgain(context, delivery.queue, record, context.random.between(301_000, 900_000));
      return undefined;
    },
  }),
};

export const redrive: FaultKind = {
  number: 3,
  does: 'messages are redriven: they come again with new ids',
  arm: (context) => ({
    deliver(delivery) {
      const again = some(context, delivery, 0.25);
      for (const record of again) sendAgain(context, delivery.queue, record, context.random.between(0, 60_000));
      return undefined;
    },
  }),
};

export const reorder: FaultKind = {
  number: 4,
  does: 'messages overtake each other',
  arm: (context) => ({
    hopMs: () => (context.strikes(0.5) ? context.random.int(20_000) : 0),
  }),
};

export const late: FaultKind = {
  number: 5,
  does: 'a message is delivered after its ttl and the deadline of its attempt',
  arm: (context) => ({
    hopMs: (queue) => (isInbox(queue) && context.strikes(0.15) ? context.random.between(301_000, 700_000) : 0),
  }),
};

export const partialBatch: FaultKind = {
  number: 6,
  does: 'some messages of a batch fail, the others do not',
  arm(context) {
    /** Containers that have a batch of several messages. */
    const batches = new Set<string>();
    return {
      step({ kind, process, container, messages }) {
        const name = `${process} ${container}`;
        if (kind === 'invoked' && messages.length > 1) batches.add(name);
        else batches.delete(name);
      },
      call({ process, container, port, method }) {
        const works =
          (port === 'queues' && method === 'send') || (port === 'journal' && method === 'append') || port === 'runs';
        if (!works || !batches.has(`${process} ${container}`)) return undefined;
        return context.strikes(0.4) ? { fail: 'before' } : undefined;
      },
    };
  },
};

export const badAnswer: FaultKind = {
  number: 7,
  does: 'the answer of an invocation is malformed: the whole batch comes again',
  arm: (context) => ({ deliver: () => (context.strikes(0.2) ? { losesAnswer: true } : undefined) }),
};

export const throttledConsumer: FaultKind = {
  number: 21,
  does: 'a throttled consumer burns receive counts',
  arm(context) {
    let until = -1;
    let victim = '';
    return {
      deliver({ process }) {
        const now = context.elapsed();
        if (now > until && context.strikes(0.08)) {
          until = now + context.random.between(10_000, 900_000);
          victim = process;
        }
        if (process !== victim || now > until || !context.isOn()) return undefined;
        context.fired();
        return { throttled: true };
      },
    };
  },
};

export const busGivesUp: FaultKind = {
  number: 20,
  does: 'the bus gives up on a target: the event goes to its dead letters',
  arm: (context) => ({
    route: () => (context.strikes(0.3) ? 'undelivered' : 'deliver'),
  }),
};

export const busTwice: FaultKind = {
  number: 1,
  does: 'the bus hands an event to a target twice',
  arm: (context) => ({ route: () => (context.strikes(0.4) ? 'twice' : 'deliver') }),
};

/** Half of the messages get through before the call fails. */
export const partialSend: FaultKind = {
  number: 19,
  does: 'SendMessageBatch or PutEvents fails after some of the entries were taken',
  arm: (context) => ({
    ports(ports) {
      const { queues, bus } = ports;
      const half = <T>(entries: readonly T[]): readonly T[] => entries.slice(0, Math.ceil(entries.length / 2));
      return {
        ...ports,
        queues: {
          ...queues,
          async send(url: string, messages: Parameters<typeof queues.send>[1]) {
            if (messages.length === 0 || !context.strikes(0.12)) return queues.send(url, messages);
            if (messages.length > 1) await queues.send(url, half(messages));
            throw new Error('some entries were not taken');
          },
        },
        bus: {
          ...bus,
          async publish(source: string, events: Parameters<typeof bus.publish>[1]) {
            if (events.length === 0 || !context.strikes(0.12)) return bus.publish(source, events);
            if (events.length > 1) await bus.publish(source, half(events));
            throw new Error('some events were not taken');
          },
        },
      };
    },
  }),
};
