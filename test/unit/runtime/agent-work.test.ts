import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { virtualWorld } from '../../../lambdas/adapters/memory/memory-world.ts';
import type { Header } from '../../../lambdas/contracts/envelope.ts';
import { SystemError } from '../../../lambdas/contracts/errors.ts';
import { asJson, type Json } from '../../../lambdas/contracts/json.ts';
import { defineManifest } from '../../../lambdas/contracts/manifest.ts';
import { StatusUpdate } from '../../../lambdas/contracts/messages.ts';
import { type Agent, defineAgent } from '../../../lambdas/runtime/agent.ts';
import type { AgentPorts } from '../../../lambdas/runtime/agent-ports.ts';
import { agentWork } from '../../../lambdas/runtime/agent-work.ts';
import { decodeMessage, encodeMessage } from '../../../lambdas/runtime/message-codec.ts';
import type { QueueRecord } from '../../../lambdas/runtime/queue-record.ts';
import { NOW, RUN_ID } from '../../support/factories.ts';
import { workAgent } from '../../support/no-op-agent.ts';

const REPORTS = 'memory://coordinator.fifo';
const INBOX = 'memory://worker-standard';

/** An agent's runtime over memory ports, and a look at what it did. */
function bench(agent: Agent, overrides: Partial<AgentPorts> = {}) {
  const world = virtualWorld();
  const reports = world.queues.create(REPORTS);
  const warnings: string[] = [];
  const ports: AgentPorts = {
    ...{
      clock: world.clock,
      ids: world.ids,
      blobs: world.blobs,
      bus: world.bus,
      secrets: world.secrets,
      claims: world.claims,
    },
    ...{ queues: world.queuePort, coordinatorQueue: REPORTS },
    logger: {
      debug() {},
      info() {},
      error: (message) => void warnings.push(message),
      warn: (message) => void warnings.push(message),
    },
    visibility: world.visibility,
    bucket: () => undefined,
    secretName: () => undefined,
    setting: () => undefined,
    inboxUrl: () => INBOX,
    ...overrides,
  };
  let sent = 0;
  const counting: AgentPorts['queues'] = {
    ...ports.queues,
    send: (url, messages) => {
      sent += messages.length;
      return ports.queues.send(url, messages);
    },
  };
  const work = agentWork(agent, { ...ports, queues: counting });
  return {
    ...world,
    warnings,
    run: (...records: QueueRecord[]) => work(records, { remainingMs: () => 60_000, note: () => {} }),
    async assignment(
      overrides: {
        taskId?: string;
        inputs?: Json;
        header?: Partial<Header>;
        receiveCount?: number;
        upstream?: Json;
      } = {},
    ): Promise<QueueRecord> {
      const { taskId = 'a', inputs = {}, header = {}, receiveCount = 1, upstream } = overrides;
      const full: Header = {
        ...{
          message_id: `m-${taskId}`,
          correlation_id: 'c',
          timestamp: new Date(NOW).toISOString(),
          sender: 'coordinator',
        },
        ...{ receiver: 'worker', message_type: 'task_assignment', priority: 2, ttl: 300, tenant: 'default' },
        ...{ schema_version: 1, attempt: 1, not_after: NOW + 300_000 },
        ...header,
      };
      const task = {
        task_id: taskId,
        task_type: 'work',
        description: '',
        inputs,
        priority: 2,
        deadline: NOW / 1_000 + 300,
      };
      const payload = asJson({ run_id: RUN_ID, task, ...(upstream !== undefined && { upstream }) });
      return record(await encodeMessage({ header: full, payload }, world.blobs), receiveCount, taskId);
    },
    reportsSoFar: () => sent,
    /** What was reported, message by message. */
    async reported() {
      const messages: StatusUpdate[] = [];
      for (let batch = reports.receive(10); batch.length > 0; batch = reports.receive(10)) {
        for (const item of batch)
          messages.push(StatusUpdate.parse((await decodeMessage(item.body, world.blobs)).payload));
        reports.delete(batch.map((item) => item.receiptHandle));
      }
      return messages;
    },
  };
}

const packed = (bodies: readonly string[]): string => `{"pack":[${bodies.join(',')}]}`;

function record(body: string, receiveCount = 1, id = 'r'): QueueRecord {
  return {
    id,
    body,
    receiptHandle: `receipt-${id}`,
    receiveCount,
    sentAt: NOW,
    senderId: 'x',
    groupId: 'default',
    queueArn: 'arn:aws:sqs:x:1:worker-standard',
  };
}

describe('an agent', () => {
  test('works on tasks that share a message, ten at once, and reports them together', async () => {
    let running = 0;
    let most = 0;
    const agent = bench(
      workAgent(async (_, ctx) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return ctx.taskId;
      }),
    );
    const ids = Array.from({ length: 25 }, (_, index) => `t${index}`);
    const bodies = await Promise.all(ids.map(async (taskId) => (await agent.assignment({ taskId })).body));
    expect(
      await agent.run(record(packed(bodies.slice(0, 12)), 1, 'p'), record(packed(bodies.slice(12)), 1, 'q')),
    ).toEqual([]);
    const [report, ...others] = await agent.reported();
    expect(others).toEqual([]);
    expect(report?.updates.map(({ task_id }) => task_id).toSorted()).toEqual(ids.toSorted());
    expect(most).toBe(10);
  });

  test('works on tasks of a message that comes again one by one, each reported before the next begins', async () => {
    const reportedBefore: number[] = [];
    const agent = bench(
      workAgent(() => {
        reportedBefore.push(agent.reportsSoFar());
        return null;
      }),
    );
    const bodies = await Promise.all(['a', 'b', 'c'].map(async (taskId) => (await agent.assignment({ taskId })).body));
    await agent.run(record(packed(bodies), 2, 'p'));
    expect(reportedBefore).toEqual([0, 1, 2]);
  });

  test('sends a message back when one of those in it is malformed, and reports the others', async () => {
    const agent = bench(workAgent());
    const good = (await agent.assignment({ taskId: 'good' })).body;
    expect(await agent.run(record(packed([good, '{}']), 1, 'p'))).toEqual(['p']);
    expect((await agent.reported()).flatMap(({ updates }) => updates.map(({ task_id }) => task_id))).toEqual(['good']);
  });

  test('answers a batch of tasks of one run with one report', async () => {
    const agent = bench(workAgent((_, ctx) => ctx.taskId));
    const records = await Promise.all(['a', 'b', 'c'].map((taskId) => agent.assignment({ taskId })));
    expect(await agent.run(...records)).toEqual([]);
    const reports = await agent.reported();
    expect(reports).toHaveLength(1);
    expect(reports[0]?.updates.map((update) => update.task_id)).toEqual(['a', 'b', 'c']);
  });

  test('reports what it throws, classified, and acknowledges the message', async () => {
    const agent = bench(
      workAgent(() => {
        throw new SystemError('source_unreachable', 'the database does not answer', { source: 'flights' });
      }),
    );
    expect(await agent.run(await agent.assignment())).toEqual([]);
    const [report] = await agent.reported();
    expect(report?.updates[0]).toMatchObject({
      status: 'failed',
      error: { class: 'system', details: { source: 'flights' } },
    });
  });

  test('does not work on an attempt whose time is over', async () => {
    let worked = 0;
    const agent = bench(workAgent(() => ++worked));
    agent.clock.moveTo(NOW + 300_000);
    expect(await agent.run(await agent.assignment())).toEqual([]);
    expect(worked).toBe(0);
    expect(await agent.reported()).toEqual([]);
  });

  test.each([
    ['is no message', async () => record('{"hello": 1}')],
    [
      'is no assignment',
      (agent: ReturnType<typeof bench>) => agent.assignment({ header: { message_type: 'wake_run' } }),
    ],
    [
      'comes from somebody else than the coordinator',
      (agent: ReturnType<typeof bench>) => agent.assignment({ header: { sender: 'intruder' } }),
    ],
  ])('sends a message that %s back, on its way to the dead letters', async (_, make) => {
    const agent = bench(workAgent());
    const bad = await make(agent);
    expect(await agent.run(bad)).toEqual([bad.id]);
    expect(await agent.reported()).toEqual([]);
  });

  test('works on messages that were received before last and alone, so that a killer takes no others along', async () => {
    const order: string[] = [];
    const agent = bench(
      workAgent(async (_, ctx) => {
        order.push(`${ctx.taskId} begins`);
        await Promise.resolve();
        order.push(`${ctx.taskId} ends`);
        return null;
      }),
    );
    await agent.run(
      await agent.assignment({ taskId: 'again', receiveCount: 2 }),
      await agent.assignment({ taskId: 'one' }),
      await agent.assignment({ taskId: 'twice', receiveCount: 2 }),
    );
    expect(order).toEqual(['one begins', 'one ends', 'again begins', 'again ends', 'twice begins', 'twice ends']);
    const reports = await agent.reported();
    expect(reports.map((report) => report.updates.map((update) => update.task_id))).toEqual([
      ['one'],
      ['again'],
      ['twice'],
    ]);
  });

  test('takes the tasks back to the inbox whose report could not be sent', async () => {
    const queues = { send: async () => Promise.reject(new Error('queue down')), depth: async () => 0 };
    const agent = bench(workAgent(), { queues });
    expect(await agent.run(await agent.assignment({ taskId: 'a' }))).toEqual(['a']);
  });

  test('gives up work that overruns, and tells it so by the signal', async () => {
    const aborted = Promise.withResolvers<string>();
    const agent = bench(
      workAgent((_, ctx) => {
        ctx.signal.addEventListener('abort', () => aborted.resolve('aborted'));
        return new Promise<null>(() => {});
      }),
    );
    await agent.run(await agent.assignment({ header: { not_after: NOW + 20 } }));
    expect(await aborted.promise).toBe('aborted');
    expect((await agent.reported())[0]?.updates[0]).toMatchObject({
      status: 'failed',
      error: { code: 'timeout', class: 'recoverable' },
    });
  });

  test('refuses input that its capability does not take, naming the field', async () => {
    const manifest = defineManifest({
      name: 'worker',
      description: 'Strict.',
      errorImpact: 'Nobody but the test that uses it.',
      capabilities: { work: { description: 'x', input: z.object({ rows: z.number() }), output: z.number() } },
    });
    const agent = bench(defineAgent(manifest, { work: ({ rows }) => rows }));
    await agent.run(await agent.assignment({ inputs: { rows: 'many' } }));
    const [report] = await agent.reported();
    expect(report?.updates[0]).toMatchObject({
      error: { code: 'invalid_input', class: 'data', message: expect.stringContaining('rows') },
    });
  });

  test('hands on what it adds to the run', async () => {
    const agent = bench(
      workAgent((_, ctx) => {
        ctx.addTasks([{ id: 'more', type: 'work' }]);
        return null;
      }),
    );
    await agent.run(await agent.assignment());
    expect((await agent.reported())[0]?.updates[0]).toMatchObject({
      status: 'completed',
      tasks: [{ id: 'more', type: 'work' }],
    });
  });

  test('reaches nothing that its manifest does not name', async () => {
    const tried: unknown[] = [];
    const agent = bench(
      workAgent(async (_, ctx) => {
        const attempts = [
          () => ctx.secret('other'),
          async () => ctx.bucket('other'),
          async () => ctx.setting('other'),
          () => ctx.publish('channel.other', {}),
          () => ctx.upstream('other'),
        ];
        for (const attempt of attempts) tried.push(await attempt().catch((error: { code: string }) => error.code));
        return null;
      }),
    );
    await agent.run(await agent.assignment());
    expect(tried).toEqual([
      'secret_not_declared',
      'bucket_not_declared',
      'setting_not_declared',
      'channel_not_declared',
      'no_such_upstream',
    ]);
  });
});

describe('work with outside effects', () => {
  const outside = (handle: () => Json) => workAgent(handle, { effects: 'outside' });

  test('is done once: a duplicate is answered with the recorded outcome', async () => {
    let done = 0;
    const agent = bench(outside(() => ++done));
    await agent.run(await agent.assignment());
    await agent.run(await agent.assignment());
    expect(done).toBe(1);
    const values = (await agent.reported()).map((report) => report.updates[0]);
    expect(values).toMatchObject([{ result: { value: 1 } }, { result: { value: 1 } }]);
  });

  test('is not done again by a redelivery of an attempt whose outcome nobody knows', async () => {
    let done = 0;
    const crash = (): Json => {
      done += 1;
      throw new Error('died in the middle');
    };
    const agent = bench(outside(crash));
    await agent.run(await agent.assignment());
    await agent.run(await agent.assignment({ receiveCount: 2 }));
    expect(done).toBe(1);
    expect((await agent.reported())[1]?.updates[0]).toMatchObject({ error: { code: 'unknown_outcome' } });
  });

  test('is not done while another holds its claim', async () => {
    let done = 0;
    const agent = bench(outside(() => ++done));
    await agent.claims.claim(`${RUN_ID}/a`, 1, 'backup', NOW + 60_000);
    await agent.run(await agent.assignment());
    expect(done).toBe(0);
    expect((await agent.reported())[0]?.updates[0]).toMatchObject({
      error: { code: 'unknown_outcome', class: 'non_recoverable' },
    });
  });
});

describe('a subscription', () => {
  const manifest = defineManifest({
    name: 'listener',
    description: 'Listens.',
    errorImpact: 'Nobody but the test that uses it.',
    channels: { subscribes: ['channel.news'] },
    capabilities: { work: { description: 'x', input: z.json(), output: z.json() } },
  });
  const event = (channel: string): QueueRecord =>
    record(JSON.stringify({ id: 'e', source: 's', 'detail-type': channel, detail: { headline: 'rain' } }));

  test('hands the event to its handler', async () => {
    const heard: Json[] = [];
    const agent = bench(
      defineAgent(manifest, { work: () => null }, { 'channel.news': (detail) => void heard.push(detail) }),
    );
    expect(await agent.run(event('channel.news'))).toEqual([]);
    expect(heard).toEqual([{ headline: 'rain' }]);
  });

  test('whose handler throws brings the event back', async () => {
    const fail = (): void => {
      throw new Error('not now');
    };
    const agent = bench(defineAgent(manifest, { work: () => null }, { 'channel.news': fail }));
    expect(await agent.run(event('channel.news'))).toEqual(['r']);
  });

  test('without a handler, or a handler without a subscription, is a mistake that shows at once', () => {
    expect(() => defineAgent(manifest, { work: () => null })).toThrow('no handler for channel channel.news');
    expect(() =>
      defineAgent(manifest, { work: () => null }, { 'channel.news': () => {}, 'channel.x': () => {} }),
    ).toThrow('without subscribing');
  });
});
