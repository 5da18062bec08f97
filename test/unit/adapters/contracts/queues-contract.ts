import { describe, expect, test } from '@jest/globals';
import type { QueueRecord } from '../../../../lambdas/runtime/queue-record.ts';
import type { QueueUnderTest, World } from './ports-under-test.ts';

/** Receives until `count` messages have come, or nothing comes any more. */
async function drain(queue: QueueUnderTest, count: number): Promise<QueueRecord[]> {
  const received: QueueRecord[] = [];
  for (let empty = 0; received.length < count && empty < 3; ) {
    const records = await queue.receive();
    received.push(...records);
    empty = records.length === 0 ? empty + 1 : 0;
  }
  return received;
}

export function queuesContract(world: World): void {
  describe('queues', () => {
    test('take any number of messages and give out each once', async () => {
      const { queues, createQueue } = world();
      const queue = await createQueue('standard');
      const bodies = Array.from({ length: 47 }, (_, i) => `message ${i} ☂`);
      await queues.send(
        queue.url,
        bodies.map((body) => ({ body, groupId: 'acme' })),
      );
      expect(await queues.depth(queue.url)).toEqual({ waiting: 47, inFlight: 0 });
      const received = await drain(queue, 47);
      expect(received.map(({ body }) => body).sort()).toEqual(bodies.sort());
      expect(received.every(({ receiveCount }) => receiveCount === 1)).toBe(true);
      expect(await queues.depth(queue.url)).toEqual({ waiting: 0, inFlight: 47 });
    });

    test('take messages that together are larger than one request', async () => {
      const { queues, createQueue } = world();
      const queue = await createQueue('standard');
      const bodies = Array.from({ length: 5 }, (_, i) => `${i}${'x'.repeat(400_000)}`);
      await queues.send(
        queue.url,
        bodies.map((body) => ({ body })),
      );
      const received = await drain(queue, 5);
      expect(received.map(({ body }) => body[0]).sort()).toEqual(['0', '1', '2', '3', '4']);
    });

    test('refuse a message that is too large, as bad data', async () => {
      const { queues, createQueue } = world();
      const { url } = await createQueue('standard');
      const refused = { code: 'message_refused', class: 'data' };
      await expect(queues.send(url, [{ body: 'x'.repeat(1_100_000) }])).rejects.toMatchObject(refused);
    });

    test('refuse a message with a character that SQS does not take, and take the others', async () => {
      const { queues, createQueue } = world();
      const refused = { code: 'message_refused', class: 'data' };
      for (const kind of ['standard', 'fifo'] as const) {
        const queue = await createQueue(kind);
        const bodies = ['good', 'bell \u0007', 'no character \uffff', 'tab\t and bee 🐝'];
        const sent = bodies.map((body) => ({
          body,
          ...(kind === 'fifo' && { groupId: 'run', deduplicationId: body }),
        }));
        await expect(queues.send(queue.url, sent)).rejects.toMatchObject(refused);
        expect((await drain(queue, 2)).map(({ body }) => body).sort()).toEqual(['good', 'tab\t and bee 🐝']);
      }
    });

    test('do nothing for no messages', async () => {
      const { queues, createQueue } = world();
      const { url } = await createQueue('standard');
      await queues.send(url, []);
      expect(await queues.depth(url)).toEqual({ waiting: 0, inFlight: 0 });
    });

    test('hold back a delayed message', async () => {
      const { queues, createQueue } = world();
      const queue = await createQueue('standard');
      await queues.send(queue.url, [{ body: 'later', delaySeconds: 600 }, { body: 'now' }]);
      expect((await drain(queue, 2)).map(({ body }) => body)).toEqual(['now']);
      expect(await queues.depth(queue.url)).toEqual({ waiting: 1, inFlight: 1 });
    });

    test('give a message back at once when its visibility is set to nothing', async () => {
      const { queues, visibility, createQueue } = world();
      const queue = await createQueue('standard');
      await queues.send(queue.url, [{ body: 'again' }]);
      const [first] = await drain(queue, 1);
      await visibility.extend(queue.url, [first?.receiptHandle ?? ''], 0);
      expect((await drain(queue, 1)).map(({ receiveCount }) => receiveCount)).toEqual([2]);
    });

    test('of the FIFO kind keep the order in a group, and a second send of the same id out', async () => {
      const { queues, createQueue } = world();
      const queue = await createQueue('fifo');
      const message = (i: number) => ({ body: `message ${i}`, groupId: 'run', deduplicationId: `id-${i}` });
      await queues.send(
        queue.url,
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((i) => message(i)),
      );
      await queues.send(queue.url, [message(3), message(7)]);
      expect(await queues.depth(queue.url)).toEqual({ waiting: 12, inFlight: 0 });
      const first = await queue.receive();
      expect(first.map(({ body }) => body)).toEqual(Array.from({ length: first.length }, (_, i) => `message ${i}`));
      expect(first.every(({ groupId }) => groupId === 'run')).toBe(true);
    });

    test('that are not there answer a system error', async () => {
      const { queues, createQueue } = world();
      const { url } = await createQueue('standard');
      const failing = queues.send(`${url}-missing`, [{ body: 'x' }]);
      await expect(failing).rejects.toMatchObject({ code: 'queue_unavailable', class: 'system' });
    });
  });
}
