import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { SystemError } from '../../../lambdas/contracts/errors.ts';
import { asJson, type Json } from '../../../lambdas/contracts/json.ts';
import { defineManifest } from '../../../lambdas/contracts/manifest.ts';
import { defineAgent } from '../../../lambdas/runtime/agent.ts';
import { NOW, RUN_ID } from '../../support/factories.ts';
import { workAgent } from '../../support/no-op-agent.ts';
import { bench, record } from './agent-bench.ts';

const packed = (bodies: readonly string[]): string => `{"pack":[${bodies.join(',')}]}`;

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
  ])('sends a message that %s back, on its way to the dead letters', async (_, make) => {
    const agent = bench(workAgent());
    const bad = await make(agent);
    expect(await agent.run(bad)).toEqual([bad.id]);
    expect(await agent.reported()).toEqual([]);
  });

  test.each([
    ['comes from somebody else than the coordinator', { sender: 'intruder' }],
    ['is for another agent', { receiver: 'other' }],
  ])('drops a message that %s, and tells of it', async (_, header) => {
    const agent = bench(workAgent());
    const told: unknown[] = [];
    agent.bus.subscribe(({ source, detailType, detail }) => void told.push({ source, name: detailType, ...detail }));
    expect(await agent.run(await agent.assignment({ header }))).toEqual([]);
    expect(await agent.reported()).toEqual([]);
    expect(told).toContainEqual(
      expect.objectContaining({ source: 'muster.agent.worker', name: 'security_noticed', noticed_by: 'worker' }),
    );
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
    const depth = async () => ({ waiting: 0, inFlight: 0 });
    const queues = { send: async () => Promise.reject(new Error('queue down')), depth };
    const agent = bench(workAgent(), { queues });
    expect(await agent.run(await agent.assignment({ taskId: 'a' }))).toEqual(['a']);
  });

  test.each([
    ['none', { code: 'timeout', class: 'recoverable' }],
    // What was let go of may still take effect, so it must not be done again by itself.
    ['outside', { code: 'unknown_outcome', class: 'non_recoverable' }],
  ] as const)(
    'gives up work with effects "%s" that overruns, and tells it so by the signal',
    async (effects, error) => {
      const aborted = Promise.withResolvers<string>();
      const agent = bench(
        workAgent(
          (_, ctx) => {
            ctx.signal.addEventListener('abort', () => aborted.resolve('aborted'));
            return new Promise<null>(() => {});
          },
          { effects },
        ),
      );
      const ended = agent.run(await agent.assignment({ header: { not_after: NOW + 20 } }));
      while (agent.clock.now() < NOW + 20) {
        await new Promise((resolve) => setImmediate(resolve));
        agent.clock.advance(10);
        agent.clock.fireDue();
      }
      await ended;
      expect(await aborted.promise).toBe('aborted');
      expect((await agent.reported())[0]?.updates[0]).toMatchObject({ status: 'failed', error });
    },
  );

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

describe('results that a task depends on', () => {
  test('are opened: plain ones, large ones, and lists of them in their order', async () => {
    const seen: unknown[] = [];
    const agent = bench(workAgent(async (_, ctx) => void seen.push(await ctx.upstream(), await ctx.upstream('parts'))));
    const large = asJson(await agent.blobs.put('default', 'large'));
    const upstream = {
      one: { value: { rows: 1 } },
      two: { ref: large },
      parts: { list: [{ value: 3 }, null, { ref: large }, { value: null }] },
      nothing: { list: [] },
    };
    await agent.run(await agent.assignment({ upstream }));
    const parts = [3, null, 'large', null];
    expect(seen).toEqual([{ one: { rows: 1 }, two: 'large', parts, nothing: [] }, parts]);
  });

  test('are opened from a blob of their own when there are many', async () => {
    const seen: unknown[] = [];
    const agent = bench(workAgent(async (_, ctx) => void seen.push(await ctx.upstream())));
    const list = Array.from({ length: 150 }, (_, index) => (index === 7 ? null : { value: index }));
    const upstream_ref = asJson(await agent.blobs.put('default', { parts: { list } }));
    await agent.run(await agent.assignment({ upstream_ref }));
    expect(seen).toEqual([{ parts: list.map((result) => result?.value ?? null) }]);
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

  test('that added tasks adds them again with its recorded outcome', async () => {
    const more = [{ id: 'next', type: 'work' }];
    const agent = bench(
      workAgent(
        (_, ctx) => {
          ctx.addTasks(more);
          return null;
        },
        { effects: 'outside' },
      ),
    );
    await agent.run(await agent.assignment());
    await agent.run(await agent.assignment());
    const updates = (await agent.reported()).map((report) => report.updates[0]);
    expect(updates).toMatchObject([{ tasks: more }, { tasks: more }]);
  });

  test('is not done again by a redelivery of an attempt whose outcome nobody knows', async () => {
    let done = 0;
    const crash = (): Json => {
      done += 1;
      throw new Error('died in the middle');
    };
    const agent = bench(outside(crash));
    await agent.run(await agent.assignment());
    agent.clock.advance(60_000);
    await agent.run(await agent.assignment({ receiveCount: 2 }));
    expect(done).toBe(1);
    expect((await agent.reported())[1]?.updates[0]).toMatchObject({ error: { code: 'unknown_outcome' } });
  });

  test('that is done is told as done, though its outcome could not be recorded', async () => {
    const agent = bench(outside(() => 'paid'));
    agent.claims.settle = async () => {
      throw new SystemError('store_unavailable', 'throttled');
    };
    await agent.run(await agent.assignment());
    expect((await agent.reported())[0]?.updates[0]).toMatchObject({ status: 'completed', result: { value: 'paid' } });
  });

  test('is not done when another held its claim and left no outcome', async () => {
    let done = 0;
    const agent = bench(outside(() => ++done));
    await agent.claims.claim(`work#${RUN_ID}/a`, 1, 'backup', NOW - 60_000);
    await agent.run(await agent.assignment());
    expect(done).toBe(0);
    expect((await agent.reported())[0]?.updates[0]).toMatchObject({
      error: { code: 'unknown_outcome', class: 'non_recoverable' },
    });
  });
});
