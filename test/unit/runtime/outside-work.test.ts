import { describe, expect, test } from '@jest/globals';
import type { Context, SQSEvent } from 'aws-lambda';
import { SystemError } from '../../../lambdas/contracts/errors.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import type { AgentContext } from '../../../lambdas/runtime/agent.ts';
import { queueHandler } from '../../../lambdas/runtime/queue-handler.ts';
import type { QueueRecord } from '../../../lambdas/runtime/queue-record.ts';
import { NOW, RUN_ID } from '../../support/factories.ts';
import { workAgent } from '../../support/no-op-agent.ts';
import { bench } from './agent-bench.ts';

const KEY = `work#${RUN_ID}/a`;
const LARGE = 'x'.repeat(5_000);
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const down = async (): Promise<never> => {
  throw new SystemError('store_unavailable', 'throttled');
};

function eventOf(record: QueueRecord): SQSEvent {
  const { id, body, receiptHandle, receiveCount, sentAt, senderId, groupId = 'default' } = record;
  return {
    Records: [
      {
        ...{ messageId: id, body, receiptHandle, messageAttributes: {}, md5OfBody: '', eventSource: 'aws:sqs' },
        ...{ awsRegion: 'eu-central-1', eventSourceARN: record.queueArn ?? '' },
        attributes: {
          ...{ ApproximateReceiveCount: String(receiveCount), SentTimestamp: String(sentAt), SenderId: senderId },
          ...{ MessageGroupId: groupId, ApproximateFirstReceiveTimestamp: String(sentAt) },
        },
      },
    ],
  };
}

/** An agent with outside effects behind its queue: how often its work was done, and what became of each delivery. */
function payer(work: (ctx: AgentContext) => Promise<Json> | Json, timeoutSeconds = 100) {
  let done = 0;
  const agent = workAgent(
    (_, ctx) => {
      done += 1;
      return work(ctx);
    },
    { effects: 'outside', timeoutSeconds },
  );
  const world = bench(agent);
  const hidden: number[] = [];
  const handler = queueHandler(
    {
      ...{ name: 'worker', logger, clock: world.clock, write: () => {} },
      redelivery: { visibility: { extend: async (_, __, seconds) => void hidden.push(seconds) }, queueUrl: () => 'i' },
    },
    (records) => world.run(...records),
  );
  const context = { getRemainingTimeInMillis: () => 900_000, memoryLimitInMB: '256' } as Context;
  return {
    ...world,
    hidden,
    done: () => done,
    /** One delivery: whether it was acknowledged. */
    async deliver(receiveCount = 1, attempt = 1): Promise<'acknowledged' | 'comes back'> {
      const record = await world.assignment({ receiveCount, header: { attempt } });
      const answer = await handler(eventOf(record), context, { signal: AbortSignal.timeout(5_000) });
      return answer?.batchItemFailures.length === 0 ? 'acknowledged' : 'comes back';
    },
    /** What was reported since it was asked last. */
    async told() {
      return (await world.reported()).flatMap(({ updates }) => updates);
    },
  };
}

const unknown = { status: 'failed', error: { code: 'unknown_outcome', class: 'non_recoverable' } };

test('work with outside effects does not begin when its time was over before its claim was looked up', async () => {
  const agent = payer(() => 'paid', 50);
  const outcome = agent.claims.outcome.bind(agent.claims);
  agent.claims.outcome = async (key) => {
    agent.clock.advance(60_000);
    agent.clock.fireDue();
    return outcome(key);
  };
  expect(await agent.deliver()).toBe('acknowledged');
  expect(agent.done()).toBe(0);
  expect(await agent.told()).toMatchObject([{ status: 'failed', error: { code: 'timeout', class: 'recoverable' } }]);
});

describe('a delivery of work with outside effects that another delivery has in hand', () => {
  test('waits in the inbox until the claim is over, without a word', async () => {
    const going = Promise.withResolvers<Json>();
    const agent = payer(() => going.promise, 50);
    const first = agent.deliver();
    while (agent.done() === 0) await new Promise((resolve) => setImmediate(resolve));
    agent.clock.advance(10_000);
    expect(await agent.deliver()).toBe('comes back');
    expect(await agent.told()).toEqual([]);
    // 50 s are the agent's, 10 are over, 2 are for recording what was done.
    expect(agent.hidden).toEqual([42]);
    going.resolve('paid');
    await first;
    expect(await agent.deliver(2)).toBe('acknowledged');
    expect(agent.done()).toBe(1);
    const paid = { status: 'completed', result: { value: 'paid' } };
    expect(await agent.told()).toMatchObject([paid, paid]);
  });

  test('says that nobody knows the outcome when the other one never came back', async () => {
    const agent = payer(() => 'paid');
    await agent.claims.claim(KEY, 1, 'died', NOW + 30_000);
    expect(await agent.deliver()).toBe('comes back');
    agent.clock.advance(32_000);
    expect(await agent.deliver(2)).toBe('acknowledged');
    expect(agent.done()).toBe(0);
    expect(await agent.told()).toMatchObject([unknown]);
  });

  test('speaks before its queue takes it for poison, and still does not work', async () => {
    const agent = payer(() => 'paid');
    await agent.claims.claim(KEY, 1, 'at work', NOW + 90_000);
    expect([await agent.deliver(1), await agent.deliver(2), await agent.deliver(3)]).toEqual([
      'comes back',
      'comes back',
      'acknowledged',
    ]);
    expect(agent.done()).toBe(0);
    expect(await agent.told()).toMatchObject([unknown]);
  });

  test('answers an outcome that was recorded between its two looks', async () => {
    const agent = payer(() => 'never');
    await agent.claims.claim(KEY, 1, 'quick', NOW + 30_000);
    const { claim } = agent.claims;
    agent.claims.claim = async (...args) => {
      const taken = await claim(...args);
      await agent.claims.settle(KEY, 1, { value: 'paid', tasks: [] });
      return taken;
    };
    await agent.deliver();
    expect(await agent.told()).toMatchObject([{ status: 'completed', result: { value: 'paid' } }]);
  });

  test('of a later attempt waits as well, and works once the earlier one failed', async () => {
    let fails = true;
    const agent = payer(() => {
      if (fails) throw new SystemError('bank_closed', 'come again');
      return 'paid';
    });
    await agent.claims.claim(KEY, 1, 'at work', NOW + 30_000);
    expect(await agent.deliver(1, 2)).toBe('comes back');
    expect(agent.done()).toBe(0);
    agent.clock.advance(30_000);
    await agent.deliver(2, 2);
    fails = false;
    // What failed is over, though its 100 s are not.
    expect(await agent.deliver(1, 3)).toBe('acknowledged');
    expect(agent.done()).toBe(2);
    expect(await agent.told()).toMatchObject([{ error: { code: 'bank_closed' } }, { status: 'completed' }]);
  });
});

describe('work with outside effects that is done', () => {
  test('is told from its record when its large result could not be stored at first', async () => {
    const agent = payer(() => LARGE);
    const { put } = agent.blobs;
    agent.blobs.put = down;
    expect(await agent.deliver()).toBe('comes back');
    expect(await agent.deliver(2)).toBe('comes back');
    expect(await agent.told()).toEqual([]);
    agent.blobs.put = put;
    expect(await agent.deliver(3)).toBe('acknowledged');
    const [update] = await agent.told();
    const ref = update?.status === 'completed' && 'ref' in update.result ? update.result.ref : undefined;
    expect(ref && (await agent.blobs.get(ref))).toBe(LARGE);
    expect(agent.done()).toBe(1);
  });

  test('is a matter for a person when its result can never be stored', async () => {
    const agent = payer(() => LARGE);
    agent.blobs.put = down;
    await agent.deliver(1);
    await agent.deliver(2);
    expect(await agent.deliver(3)).toBe('acknowledged');
    expect(agent.done()).toBe(1);
    expect(await agent.told()).toMatchObject([unknown]);
  });

  test('is a matter for a person when neither its result nor its outcome could be stored', async () => {
    const agent = payer(() => LARGE);
    agent.blobs.put = down;
    agent.claims.settle = down;
    expect(await agent.deliver()).toBe('acknowledged');
    expect(await agent.told()).toMatchObject([unknown]);
    agent.clock.advance(102_000);
    await agent.deliver(2);
    expect(agent.done()).toBe(1);
    expect(await agent.told()).toMatchObject([unknown]);
  });

  test('is recorded with the place of its large result, not with the result', async () => {
    const agent = payer(() => LARGE);
    await agent.deliver();
    expect(await agent.claims.outcome(KEY)).toEqual({ outcome: { ref: expect.anything(), tasks: [] } });
    agent.blobs.put = down;
    expect(await agent.deliver()).toBe('acknowledged');
    expect(await agent.told()).toMatchObject([{ status: 'completed' }, { status: 'completed' }]);
  });

  test('is not told as failed while its record can not be read', async () => {
    const agent = payer(() => 'paid');
    await agent.deliver();
    const { outcome } = agent.claims;
    agent.claims.outcome = down;
    expect(await agent.deliver(2)).toBe('comes back');
    agent.claims.outcome = outcome;
    await agent.deliver(3);
    expect(await agent.told()).toMatchObject([{ status: 'completed' }, { status: 'completed' }]);
  });

  test('is a matter for a person when its record can not be read at last', async () => {
    const agent = payer(() => 'paid');
    agent.claims.outcome = down;
    expect(await agent.deliver(3)).toBe('acknowledged');
    expect(agent.done()).toBe(0);
    expect(await agent.told()).toMatchObject([unknown]);
  });

  test('is claimed though the answer to the claim was lost once', async () => {
    const agent = payer(() => 'paid');
    const { claim } = agent.claims;
    let lost = 0;
    agent.claims.claim = async (...args) => {
      const taken = await claim(...args);
      if (lost++ === 0) throw new SystemError('store_unavailable', 'lost');
      return taken;
    };
    await agent.deliver();
    expect(await agent.told()).toMatchObject([{ status: 'completed', result: { value: 'paid' } }]);
  });
});
