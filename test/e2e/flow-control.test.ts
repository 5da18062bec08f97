import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { muster, musterJson } from '../support/local-cloud/muster.ts';
import type { ProbeRuns } from '../support/probe/probe-runs.ts';
import { freshName, QueuedRuns } from '../support/probe/queued-runs.ts';

let probe: ProbeRuns;
let queued: QueuedRuns;

beforeAll(async () => {
  queued = await QueuedRuns.open();
  probe = queued.probe;
});
afterAll(() => probe?.close());

const Line = z.looseObject({ state: z.string(), run_id: z.string(), reason: z.string() });
const Queue = z.object({ flows: z.array(z.looseObject({ lines: z.array(Line) })), runs: z.array(Line) });
const queueOf = (name: string) => musterJson(Queue, 'queue', '--name', name);
const Spans = z.array(z.object({ key: z.string(), from: z.number(), to: z.number() }));
const one = { limits: [{ concurrency: 1 }] };

describe("a task's limit", () => {
  const spans = (items: string[], limits: JsonObject[]): JsonObject[] => {
    const input = { ms: 150, key: '{% $item %}' };
    return [{ id: 'work', type: 'probe.span', forEach: { items }, input, limits }];
  };

  test('is never exceeded for any value of its key, over all runs, by what the agents say', async () => {
    const name = freshName();
    const items = ['red', 'red', 'red', 'red', 'blue', 'blue', 'blue', 'blue'];
    const tasks = spans(items, [{ key: '{% $item %}', concurrency: 2 }]);
    const runs = await Promise.all([1, 2].map(() => probe.run({ name, tasks })));
    const all = runs.flatMap(({ result }) => Spans.parse(result));
    for (const key of ['red', 'blue']) {
      const own = all.filter((span) => span.key === key);
      const atOnce = own.map(({ from }) => own.filter((other) => other.from <= from && from < other.to).length);
      expect(own).toHaveLength(8);
      expect(Math.max(...atOnce)).toBeLessThanOrEqual(2);
    }
    await queued.untilEmpty(`${name}/work`);
  });

  test('of a rate lets so many through and says when the others come', async () => {
    const name = freshName();
    const limits = [{ name, rate: { limit: 6, periodSeconds: 3_600, burst: 2 } }];
    const runId = await probe.start({ name, tasks: spans(['a', 'b', 'c', 'd'], limits) });
    const isDone = ({ status, parent }: { status: string; parent?: string }) => status === 'completed' && parent;
    const { tasks } = await probe.until(runId, (run) => run.tasks.filter(isDone).length === 2);
    expect(tasks.filter(({ status, gate }) => status === 'suspended' && gate?.name === name)).toHaveLength(2);
    const { flows } = await queueOf(name);
    const line = { state: 'throttled', permits: 2, expected_at: expect.any(Number) };
    expect(flows).toMatchObject([{ rule: '6 per 3600 s, up to 2 together', lines: [line] }]);
    expect(flows[0]?.lines[0]?.reason).toContain('is used up');
    const waits = `waits for a permit of ${name}`;
    expect(await muster('status', runId)).toMatch(new RegExp(`work .*2 suspended, 2 completed +${waits}$`, 'm'));
    expect((await muster('status', runId, '--all')).split(waits)).toHaveLength(4);
    await muster('cancel', runId);
    await queued.untilEmpty(name);
  });

  test('of a rate lets the others through in time, each once', async () => {
    const run = await probe.run(spans(['a', 'b', 'c', 'd'], [{ rate: { limit: 2, periodSeconds: 1 } }]));
    expect(run.status).toBe('completed');
    for (const task of run.tasks.filter(({ parent }) => parent)) expect(task.attempts).toHaveLength(1);
  });
});

describe('muster queue', () => {
  test('lists what runs and what waits, per key, with the reason', async () => {
    const flow = queued.gated({ limits: [{ key: '{% $input.customer %}', concurrency: 1 }] });
    const first = await queued.isIn(await flow.ask({ customer: 'ann', wait: true }));
    const other = await queued.isIn(await flow.ask({ customer: 'bob', wait: true }));
    const second = await flow.ask({ customer: 'ann' });
    await queued.untilWaiting(flow.name, 1, { key: 'ann' });
    const running = { state: 'running', permits: 1 };
    const waiting = { state: 'waiting', run_id: second, permits: 1, reason: '1 of 1 in use' };
    expect((await queueOf(flow.name)).flows).toMatchObject([
      { key: 'ann', rule: '1 at once', lines: [{ ...running, run_id: first }, waiting] },
      { key: 'bob', rule: '1 at once', lines: [{ ...running, run_id: other }] },
    ]);
    expect(await probe.event('workflow_queued', second)).toMatchObject({ limit: flow.name, key: 'ann' });
    expect(await muster('status', second)).toContain(`waits to get in: 1 of ${flow.name} (key ann) at once`);
    expect(await probe.heard('workflow_started', second)).toEqual([]);
    await queued.go(first);
    expect((await probe.ended(second)).status).toBe('completed');
    await queued.go(other);
  });

  test('lists tasks that are tried again later, with when and why', async () => {
    const name = freshName();
    const retry = { maxAttempts: 2, intervalSeconds: 600 };
    const input = { fail: { class: 'recoverable' } };
    const runId = await probe.start({ name, tasks: [{ id: 'a', type: 'probe.shared', input, retry }] });
    await probe.task(runId, 'a', ({ status }) => status === 'retrying');
    const { runs } = await queueOf(name);
    expect(runs).toMatchObject([{ state: 'retrying', run_id: runId, task: 'a', expected_at: expect.any(Number) }]);
    expect(runs[0]?.reason).toContain('attempt 1 failed: ordered');
    await muster('cancel', runId);
  });
});

describe('a workflow lets in', () => {
  const reasonOf = async (runId: string): Promise<string | undefined> => {
    const { status, reason } = await probe.ended(runId);
    expect(status).toBe('cancelled');
    expect(await probe.event('workflow_cancelled', runId)).toMatchObject({ reason });
    return reason;
  };

  test('the last of several in quick succession; the others are cancelled', async () => {
    const flow = queued.gated({ debounce: { key: '{% $input.doc %}', seconds: 3 } });
    const other = await flow.ask({ doc: 'b' });
    const runs: string[] = [];
    for (const version of [1, 2, 3]) {
      runs.push(await flow.ask({ doc: 'a', version }));
      await probe.event('workflow_queued', runs.at(-1) ?? '');
    }
    const [first = '', second = '', third = ''] = runs;
    expect(await reasonOf(first)).toMatch(/^superseded by run run_/);
    expect(await reasonOf(second)).toBe(`superseded by run ${third}`);
    expect(await probe.ended(third)).toMatchObject({ status: 'completed', result: { doc: 'a', version: 3 } });
    expect((await probe.ended(other)).status).toBe('completed');
  });

  test('a batch when it is full, as one run; those who come too late have the next', async () => {
    const flow = queued.gated({ batch: { size: 3, seconds: 3_600 } });
    const runs = await Promise.all([1, 2, 3].map((n) => flow.ask({ n })));
    const ended = await Promise.all(runs.map((runId) => probe.ended(runId)));
    const [result, ...others] = ended.map((run) => run.result);
    const { items } = z.object({ items: z.array(z.object({ n: z.number() })) }).parse(result);
    expect(items.map(({ n }) => n).sort()).toEqual([1, 2, 3]);
    expect(others).toEqual([result, result]);
    expect(ended.filter(({ batchResult }) => batchResult === undefined)).toHaveLength(1);
    const late = await flow.ask({ n: 4 });
    expect(await queued.untilWaiting(flow.name, 1)).toMatchObject({
      lines: [{ run_id: late, reason: '1 of 3 have come together' }],
    });
    await muster('cancel', late);
  });

  test('a batch that never fills when its time is over', async () => {
    const flow = queued.gated({ batch: { size: 100, seconds: 2 } });
    const runs = await Promise.all([flow.ask({ n: 1 }), flow.ask({ n: 2 })]);
    const [result, same] = await Promise.all(runs.map(async (runId) => (await probe.ended(runId)).result));
    expect(result).toMatchObject({ items: [expect.anything(), expect.anything()] });
    expect(same).toEqual(result);
  });

  test('one at a time: the next is cancelled, takes its place, or waits, as it says', async () => {
    const meet = async (mode: string) => {
      const flow = queued.gated({ singleton: { mode } });
      const first = await queued.isIn(await flow.ask({ wait: true }));
      return { flow, first, second: await flow.ask({ second: true }) };
    };
    const [skip, cancel, wait] = await Promise.all(['skip', 'cancel', 'wait'].map(meet));
    if (!skip || !cancel || !wait) throw new Error('there are three modes');
    expect(await reasonOf(skip.second)).toBe(`run ${skip.first} with the same key is at work`);
    expect((await probe.cloud.read(skip.first)).status).toBe('running');
    await queued.go(skip.first);

    expect(await reasonOf(cancel.first)).toContain(cancel.second);
    expect(await probe.ended(cancel.second)).toMatchObject({ status: 'completed', result: { second: true } });

    const { lines } = await queued.untilWaiting(wait.flow.name, 1);
    expect(lines).toMatchObject([{ state: 'running' }, { reason: `run ${wait.first} is at work` }]);
    await queued.go(wait.first);
    expect(await queued.inOrder({ first: wait.first, second: wait.second })).toEqual(['first', 'second']);
  });

  test('nobody for ever: who did not get in for too long is cancelled', async () => {
    const flow = queued.gated({ ...one, waitSeconds: 1 });
    const first = await queued.isIn(await flow.ask({ wait: true }));
    const second = await flow.ask();
    expect(await reasonOf(second)).toBe(`it did not get in within 1 s: it waited at "${flow.name}"`);
    await queued.go(first);
    expect((await probe.ended(first)).status).toBe('completed');
    await queued.untilEmpty(flow.name);
  });
});

describe('a limit that can not be kept', () => {
  const limited = (limit: JsonObject): JsonObject => ({ tasks: [{ id: 'a', type: 'probe.noop', limits: [limit] }] });
  const admitted = (limit: JsonObject): JsonObject => ({
    tasks: [{ id: 'a', type: 'probe.noop' }],
    admission: { limits: [limit] },
  });
  const zero = /must be at least 1/;
  const shared = /may not share a limit with other tenants/;
  test.each<[string, JsonObject, { field: string; reason: RegExp }]>([
    ['zero at once', limited({ concurrency: 0 }), { field: 'definition.tasks.0.limits.0.concurrency', reason: zero }],
    [
      'a rate of zero',
      admitted({ rate: { limit: 0, periodSeconds: 1 } }),
      { field: 'definition.admission.limits.0.rate.limit', reason: zero },
    ],
    [
      'shared by all tenants, set by a request',
      admitted({ scope: 'platform', concurrency: 1 }),
      { field: 'definition.admission.limits.0.scope', reason: shared },
    ],
    [
      'a key that is no expression',
      limited({ key: '{% $item. %}', concurrency: 1 }),
      { field: 'definition.tasks.0.limits.0.key', reason: /./ },
    ],
  ])('is rejected: %s', async (_, definition, { field, reason }) => {
    const name = freshName();
    const request_id = randomUUID();
    const runId = await queued.ask(name, { request_id, definition: { name, ...definition } });
    const rejection = await probe.event('workflow_rejected', request_id);
    expect(rejection).toMatchObject({ field, reason: expect.stringMatching(reason) });
    expect(await probe.cloud.session.runs.get(runId)).toBeUndefined();
  });

  test('fails its run, if the key fails, before anything was asked', async () => {
    const key = '{% $error("no customer") %}';
    const flow = queued.gated({ limits: [{ key, concurrency: 1 }] });
    const [run, empty, task] = await Promise.all([
      flow.ask().then((runId) => probe.ended(runId)),
      queued
        .gated({ singleton: { key: '{% $input.customer %}', mode: 'wait' } })
        .ask()
        .then((runId) => probe.ended(runId)),
      probe.run([{ id: 'a', type: 'probe.noop', limits: [{ name: flow.name, key, concurrency: 1 }] }]),
    ]);
    expect(run).toMatchObject({ status: 'failed', error: { class: 'data' } });
    expect(run.error?.message).toMatch(/admission\.limits\.0\.key: .*no customer/);
    expect(empty.error).toMatchObject({ class: 'data', message: expect.stringContaining('admission.singleton.key: ') });
    expect(task).toMatchObject({ status: 'failed', failedTask: 'a', error: { class: 'data' } });
    expect(await queued.flows(flow.name)).toEqual([]);
    expect(await probe.heard('workflow_queued', run.runId)).toEqual([]);
  });
});

describe('of those that wait', () => {
  test('a quiet tenant has its turn beside a noisy one, where all share a limit', async () => {
    const key = freshName();
    const askFor = (tenant: string, more: JsonObject = {}): Promise<string> =>
      queued.ask('probe.turns', { tenant, input: { key, ...more } });
    const holder = await queued.isIn(await askFor('holder', { wait: true }));
    const runs: Record<string, string> = {};
    for (const n of [1, 2, 3, 4]) {
      runs[`noisy ${n}`] = await askFor('noisy');
      await queued.untilWaiting('probe.turns', n, { key, tenant: 'noisy' });
    }
    runs.quiet = await askFor('quiet');
    // Of others a tenant sees only how many there are.
    expect(await queued.untilWaiting('probe.turns', 1, { key, tenant: 'quiet' })).toMatchObject({
      ...{ shared: true, others: { running: 1, waiting: 4 } },
      lines: [{ run_id: runs.quiet }],
    });
    await queued.go(holder);
    expect((await queued.inOrder(runs)).indexOf('quiet')).toBeLessThanOrEqual(1);
  });

  test('the most urgent goes first', async () => {
    const flow = queued.gated(one);
    const holder = await queued.isIn(await flow.ask({ wait: true }));
    const runs: Record<string, string> = {};
    for (const priority of ['low', 'normal', 'critical']) {
      runs[priority] = await flow.ask({}, { priority });
      await queued.untilWaiting(flow.name, Object.keys(runs).length);
    }
    await queued.go(holder);
    expect(await queued.inOrder(runs)).toEqual(['critical', 'normal', 'low']);
  });
});
