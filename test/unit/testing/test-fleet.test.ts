import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../lambdas/contracts/json.ts';
import { fakeAgent, sleep } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../support/factories.ts';

const MINUTE = 60_000;

describe('a test fleet', () => {
  test('runs a workflow with expressions and answers all there is to know of it', async () => {
    const adder = fakeAgent('adder', {
      add: (input) => {
        const { a, b } = input as { a: number; b: number };
        return a + b;
      },
    });
    const sums = workflow(
      [
        { id: 'first', type: 'add', input: { a: '{% $input.x %}', b: 1 } },
        { id: 'second', type: 'add', input: { a: '{% $results.first %}', b: 10 }, dependsOn: ['first'] },
      ],
      { name: 'sums' },
    );
    const fleet = await createTestFleet({ agents: [adder], workflows: [sums] });
    const run = await fleet.run('sums', { x: 31 });
    expect(run).toMatchObject({ status: 'completed', result: { second: 42 } });
    expect(run.tasks.first).toEqual({
      ...{ id: 'first', status: 'completed', attempt: 1, agent: 'adder', result: 32 },
      why: expect.any(String),
    });
    expect(run.events.map(({ name }) => name)).toEqual([
      'workflow_started',
      'task_completed',
      'task_completed',
      'workflow_completed',
    ]);
    expect(run.journal.map(({ seq }) => seq)).toEqual(run.journal.map((_, index) => index + 1));
  });

  test('waits five virtual minutes for a retry in no time', async () => {
    let tries = 0;
    const flaky = fakeAgent('flaky', {
      work: () => {
        tries += 1;
        if (tries === 1) throw new Error('not this time');
        return tries;
      },
    });
    const fleet = await createTestFleet({ agents: [flaky], random: () => 0.999 });
    const before = fleet.platform.clock.now();
    const run = await fleet.run(workflow([task('a', { retry: { intervalSeconds: 300 } })]));
    expect(run).toMatchObject({ status: 'completed', result: { a: 2 } });
    expect(fleet.platform.clock.now() - before).toBeGreaterThan(4 * MINUTE);
  });

  test('brings events to a run, those included that come before they are waited for', async () => {
    const slow = fakeAgent('slow', { work: (_, ctx) => sleep(ctx, MINUTE) }, { timeoutSeconds: 120 });
    const fleet = await createTestFleet({ agents: [slow] });
    const runId = await fleet.start(
      workflow([
        task('a'),
        { id: 'paid', waitFor: { event: 'payment', key: 'order-7' }, dependsOn: ['a'] },
        { id: 'shipped', waitFor: { event: 'shipping' }, dependsOn: ['paid'] },
      ]),
    );
    await fleet.signal(runId, 'payment', { amount: 1 }, { key: 'order-8' });
    await fleet.signal(runId, 'payment', { amount: 2 }, { key: 'order-7' });
    await fleet.advance(2 * MINUTE);
    const halfWay = await fleet.look(runId);
    expect(halfWay.tasks).toMatchObject({ paid: { result: { amount: 2 } }, shipped: { status: 'suspended' } });
    await fleet.signal(runId, 'shipping', 'on its way');
    expect(await fleet.ended(runId)).toMatchObject({ status: 'completed', result: { shipped: 'on its way' } });
  });

  test('answers what a task asks', async () => {
    const fleet = await createTestFleet({ agents: [] });
    const runId = await fleet.start(workflow([{ id: 'ok', ask: { question: 'May I?' } }]));
    await fleet.decide(runId, 'ok', 'approve', 'ann', { comment: 'yes' });
    expect((await fleet.ended(runId)).result).toEqual({
      ok: { decision: 'approve', comment: 'yes', decided_by: 'ann' },
    });
  });

  test('ends a run at its deadline when nobody answers', async () => {
    const fleet = await createTestFleet({ agents: [] });
    const run = await fleet.run(workflow([{ id: 'ok', ask: { question: 'May I?' } }], { timeoutSeconds: 600 }));
    expect(run.status).toBe('failed');
    expect(run.events.at(-1)).toMatchObject({ name: 'workflow_failed', detail: { duration_ms: 600_000 } });
  });

  test('cancels a run', async () => {
    const slow = fakeAgent('slow', { work: (_, ctx) => sleep(ctx, MINUTE) }, { timeoutSeconds: 120 });
    const fleet = await createTestFleet({ agents: [slow] });
    const runId = await fleet.start(workflow([task('a')]));
    await fleet.cancel(runId, 'enough');
    expect(await fleet.ended(runId)).toMatchObject({ status: 'cancelled', error: { message: 'enough' } });
  });

  test('tells a request that is rejected, and why', async () => {
    const fleet = await createTestFleet({ agents: [] });
    await expect(fleet.run('nothing')).rejects.toThrow(/unknown_workflow.*nothing/);
    await expect(fleet.run(workflow([task('a')]))).rejects.toThrow(/work/);
  });

  test('refuses a workflow that is not sound at once', async () => {
    const circle = workflow([task('a', { dependsOn: ['b'] }), task('b', { dependsOn: ['a'] })]);
    await expect(createTestFleet({ agents: [], workflows: [circle] })).rejects.toThrow(/circle|cycle/);
  });

  test('lets no virtual time pass while a handler does something real', async () => {
    const reader = fakeAgent('reader', {
      work: async (_, ctx) => {
        const before = ctx.clock.now();
        await readFile(new URL(import.meta.url));
        return ctx.clock.now() - before;
      },
    });
    const fleet = await createTestFleet({ agents: [reader], patienceMs: 10_000 });
    expect((await fleet.run(workflow([task('a')]))).result).toEqual({ a: 0 });
  });

  test('goes on when a handler never answers', async () => {
    const silent = fakeAgent('silent', { work: (): Promise<Json> => new Promise(() => {}) });
    const fleet = await createTestFleet({ agents: [silent], patienceMs: 1 });
    const run = await fleet.run(workflow([task('a', { escalate: 'fail' })]));
    expect(run.status).toBe('failed');
  });

  test('runs by itself on a real clock, until it is stopped', async () => {
    const fleet = await createTestFleet({
      agents: [fakeAgent('worker', { work: async () => 'done' })],
      clock: 'real',
    });
    const run = await fleet.run(workflow([task('a'), task('b', { dependsOn: ['a'] })]));
    expect(run).toMatchObject({ status: 'completed', result: { b: 'done' } });
    expect(() => fleet.platform.time).toThrow(/passes by itself/);
    fleet.stop();
  });
});
