import { describe, expect, test } from '@jest/globals';
import { type MemoryQueueOptions, memoryQueue } from '../../../lambdas/adapters/memory/memory-queue.ts';
import { createMeter } from '../../../lambdas/adapters/memory/meter.ts';
import { countingIds, virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';

function queueOf(url: string, options: MemoryQueueOptions = {}) {
  const clock = virtualClock();
  const meter = createMeter();
  const world = { clock, meter, ids: countingIds() };
  const deadLetters = memoryQueue(url.replace('inbox', 'dead'), world);
  return { clock, meter, deadLetters, world, queue: memoryQueue(url, world, options) };
}
const bodiesOf = (records: ReadonlyArray<{ body: string }>) => records.map(({ body }) => body);
const fifo = (groupId: string, ...bodies: string[]) =>
  bodies.map((body) => ({ body, groupId, deduplicationId: `${groupId}-${body}` }));

describe('a standard queue in memory', () => {
  test('hides what was received until its visibility is over, then counts another receive', () => {
    const { clock, queue } = queueOf('inbox', { visibilitySeconds: 30 });
    queue.send([{ body: 'a' }]);
    expect(queue.receive().map(({ receiveCount }) => receiveCount)).toEqual([1]);
    clock.advance(29_999);
    expect(queue.receive()).toEqual([]);
    clock.advance(1);
    expect(queue.receive().map(({ receiveCount }) => receiveCount)).toEqual([2]);
  });

  test('gives nothing again that was deleted, and passes over a void receipt', () => {
    const { clock, queue } = queueOf('inbox');
    queue.send([{ body: 'a' }, { body: 'b' }]);
    const first = queue.receive();
    queue.delete([first[0]?.receiptHandle ?? '']);
    clock.advance(30_000);
    const second = queue.receive();
    expect(bodiesOf(second)).toEqual(['b']);
    queue.delete([first[1]?.receiptHandle ?? '']);
    expect(queue.depth()).toBe(1);
    queue.delete([second[0]?.receiptHandle ?? '']);
    expect(queue.depth()).toBe(0);
  });

  test('loses all of its messages when it is purged: those hidden, delayed and given out too', () => {
    const { clock, queue } = queueOf('inbox', { visibilitySeconds: 30 });
    queue.send([{ body: 'given out' }]);
    const given = queue.receive();
    queue.send([{ body: 'waiting' }, { body: 'delayed', delaySeconds: 60 }]);
    queue.purge();
    expect([queue.depth(), queue.inFlight(), queue.nextAt()]).toEqual([0, 0, undefined]);
    queue.delete(given.map(({ receiptHandle }) => receiptHandle));
    queue.send([{ body: 'later' }]);
    clock.advance(120_000);
    expect(bodiesOf(queue.receive())).toEqual(['later']);
    expect(queue.depth()).toBe(1);
  });

  test('extends and shortens visibility', () => {
    const { clock, queue } = queueOf('inbox');
    queue.send([{ body: 'a' }]);
    const receipts = queue.receive().map(({ receiptHandle }) => receiptHandle);
    queue.changeVisibility(receipts, 100);
    clock.advance(99_999);
    expect(queue.receive()).toEqual([]);
    clock.advance(1);
    const again = queue.receive().map(({ receiptHandle }) => receiptHandle);
    queue.changeVisibility(again, 0);
    expect(queue.receive()).toHaveLength(1);
  });

  test('gives up on a message that was received too often, under its own id', () => {
    const { clock, world, deadLetters } = queueOf('inbox');
    const queue = memoryQueue('inbox', world, { redrive: { maxReceiveCount: 2, deadLetters } });
    queue.send([{ body: 'poison' }], 'etl-loader');
    const [first] = queue.receive();
    for (let time = 0; time < 2; time++) {
      clock.advance(30_000);
      queue.receive();
    }
    expect(queue.depth()).toBe(0);
    const dead = { id: first?.id, body: 'poison', senderId: 'etl-loader', sentAt: first?.sentAt };
    expect(deadLetters.receive()).toMatchObject([dead]);
  });

  test('says when there will be something to receive', () => {
    const { clock, queue } = queueOf('inbox');
    expect(queue.nextAt()).toBeUndefined();
    queue.send([{ body: 'later', delaySeconds: 60 }]);
    expect(queue.nextAt()).toBe(clock.now() + 60_000);
    clock.advance(60_000);
    const [record] = queue.receive();
    expect(queue.nextAt()).toBe(clock.now() + 30_000);
    queue.delete([record?.receiptHandle ?? '']);
    expect(queue.nextAt()).toBeUndefined();
  });

  test('gives out ten thousand messages, each once, oldest first', () => {
    const { queue } = queueOf('inbox');
    const sent = Array.from({ length: 10_000 }, (_, i) => ({ body: String(i) }));
    queue.send(sent);
    const received: string[] = [];
    for (let batch = queue.receive(); batch.length > 0; batch = queue.receive()) received.push(...bodiesOf(batch));
    expect(received).toEqual(bodiesOf(sent));
  });
});

describe('a FIFO queue in memory', () => {
  test('gives a group to one receiver at a time, others meanwhile to others', () => {
    const { queue } = queueOf('inbox.fifo');
    queue.send([...fifo('a', '1', '2', '3'), ...fifo('b', '4')]);
    const first = queue.receive(2);
    expect(bodiesOf(first)).toEqual(['1', '2']);
    expect(bodiesOf(queue.receive())).toEqual(['4']);
    queue.delete(first.map(({ receiptHandle }) => receiptHandle).slice(0, 1));
    expect(queue.receive()).toEqual([]);
    queue.delete(first.map(({ receiptHandle }) => receiptHandle).slice(1));
    expect(bodiesOf(queue.receive())).toEqual(['3']);
  });

  test('brings back what was not deleted, before what came later', () => {
    const { clock, queue } = queueOf('inbox.fifo', { visibilitySeconds: 30 });
    queue.send(fifo('a', '1', '2', '3', '4'));
    const [one, two] = queue.receive(3);
    queue.delete([two?.receiptHandle ?? '']);
    queue.changeVisibility([one?.receiptHandle ?? ''], 5);
    clock.advance(5_000);
    expect(queue.receive()).toEqual([]);
    expect(queue.nextAt()).toBe(clock.now() + 25_000);
    clock.advance(25_000);
    expect(bodiesOf(queue.receive())).toEqual(['1', '3', '4']);
  });

  test('does not delete under a receipt whose time is over', () => {
    const { clock, queue } = queueOf('inbox.fifo');
    queue.send(fifo('a', '1'));
    const receipts = queue.receive().map(({ receiptHandle }) => receiptHandle);
    clock.advance(30_000);
    queue.delete(receipts);
    expect(queue.depth()).toBe(1);
  });

  test('mixes groups in one batch, and serves next the group that waited', () => {
    const { queue } = queueOf('inbox.fifo');
    queue.send([...fifo('a', '1'), ...fifo('b', '2'), ...fifo('c', '3')]);
    expect(bodiesOf(queue.receive(2))).toEqual(['1', '2']);
    queue.send(fifo('d', '4'));
    expect(bodiesOf(queue.receive())).toEqual(['3', '4']);
  });

  test('takes an id once in five minutes, per group or per queue', () => {
    const { clock, queue, world } = queueOf('inbox.fifo');
    const message = (groupId: string) => [{ body: 'x', groupId, deduplicationId: 'same' }];
    for (const group of ['a', 'a', 'b']) queue.send(message(group));
    expect(queue.depth()).toBe(2);
    clock.advance(5 * 60_000);
    queue.send(message('a'));
    expect(queue.depth()).toBe(3);
    const strict = memoryQueue('strict.fifo', world, { dedupScope: 'queue' });
    for (const group of ['a', 'b']) strict.send(message(group));
    expect(strict.depth()).toBe(1);
  });

  test('lets the rest of a group go on when one of it is given up', () => {
    const { clock, world, deadLetters } = queueOf('inbox.fifo');
    const queue = memoryQueue('inbox.fifo', world, { redrive: { maxReceiveCount: 1, deadLetters } });
    queue.send(fifo('a', 'poison', 'good'));
    queue.receive(1);
    clock.advance(30_000);
    expect(bodiesOf(queue.receive())).toEqual(['good']);
    expect(bodiesOf(deadLetters.receive())).toEqual(['poison']);
  });

  test.each([
    ['without a group', { body: 'x', deduplicationId: 'd' }],
    ['without a deduplication id', { body: 'x', groupId: 'a' }],
    ['with a delay of its own', { body: 'x', groupId: 'a', deduplicationId: 'd', delaySeconds: 1 }],
  ])('refuses a message %s, as SQS does', (_name, message) => {
    const { queue } = queueOf('inbox.fifo');
    expect(() => queue.send([message])).toThrow(expect.objectContaining({ code: 'message_refused' }));
  });
});

describe('what SQS would bill', () => {
  test('is a request per call and per 64 KiB, however many messages it carries', () => {
    const { meter, queue } = queueOf('inbox');
    queue.send(Array.from({ length: 20 }, () => ({ body: 'x' })));
    expect(meter.read().sqs).toBe(2);
    meter.reset();
    queue.send(Array.from({ length: 10 }, () => ({ body: 'x'.repeat(10_000) })));
    expect(meter.read().sqs).toBe(2);
    meter.reset();
    const receipts = queue.receive(10).map(({ receiptHandle }) => receiptHandle);
    queue.delete(receipts);
    queue.receive(1);
    expect(meter.read().sqs).toBe(3);
  });
});
