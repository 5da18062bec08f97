import { describe, expect, test } from '@jest/globals';
import type { TaskDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { fakeAgent, sleep } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../support/factories.ts';

/** An agent that works for a while, and remembers who was at work when. */
function watched(ms = 1_000) {
  const active = new Map<string, number>();
  const most = new Map<string, number>();
  const begun: Array<{ of: string; at: number }> = [];
  const agent = fakeAgent('worker', {
    work: async (input, ctx) => {
      const of = typeof input === 'string' ? input : 'all';
      begun.push({ of, at: ctx.clock.now() });
      const now = (active.get(of) ?? 0) + 1;
      active.set(of, now);
      most.set(of, Math.max(most.get(of) ?? 0, now));
      await sleep(ctx, ms);
      active.set(of, (active.get(of) ?? 1) - 1);
    },
  });
  return { agent, most, begun };
}

const many = (id: string, count: number, overrides: Partial<TaskDefinition>): TaskDefinition =>
  task(id, { forEach: { items: Array.from({ length: count }, (_, index) => index) }, input: 'all', ...overrides });

describe('limits of tasks', () => {
  test('no more than so many are at work at once, over all runs', async () => {
    const { agent, most, begun } = watched();
    const definition = workflow([many('t', 12, { limits: [{ name: 'api', concurrency: 3 }] })]);
    const fleet = await createTestFleet({ agents: [agent] });
    const runs = [await fleet.start(definition), await fleet.start(definition)];
    for (const run of runs) expect((await fleet.ended(run)).status).toBe('completed');
    expect(begun).toHaveLength(24);
    expect(most.get('all')).toBe(3);
  });

  test('each value of a key has a limit of its own', async () => {
    const { agent, most } = watched();
    const items = Array.from({ length: 12 }, (_, index) => ['ann', 'bob'][index % 2] ?? '');
    const definition = workflow([
      task('t', { forEach: { items }, input: '{% $item %}', limits: [{ key: '{% $item %}', concurrency: 2 }] }),
    ]);
    const fleet = await createTestFleet({ agents: [agent] });
    expect((await fleet.run(definition)).status).toBe('completed');
    expect(Object.fromEntries(most)).toEqual({ ann: 2, bob: 2 });
  });

  test('a rate spreads what begins evenly', async () => {
    const { agent, begun } = watched(10);
    const definition = workflow([many('t', 6, { limits: [{ rate: { limit: 1, periodSeconds: 10 } }] })]);
    const fleet = await createTestFleet({ agents: [agent] });
    expect((await fleet.run(definition)).status).toBe('completed');
    const gaps = begun.slice(1).map(({ at }, index) => at - (begun[index]?.at ?? 0));
    expect(gaps).toHaveLength(5);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(8_000);
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(12_000);
  });

  test('retries ask anew, and wait for their turn', async () => {
    const order: string[] = [];
    const flaky = fakeAgent('worker', {
      work: (input) => {
        order.push(String(input));
        if (input === 'first' && order.filter((one) => one === 'first').length === 1) throw new Error('not this time');
      },
    });
    const limits = [{ name: 'one', concurrency: 1 }];
    const definition = workflow([
      task('first', { input: 'first', priority: 4, limits, retry: { intervalSeconds: 60 } }),
      task('second', { input: 'second', limits }),
    ]);
    const fleet = await createTestFleet({ agents: [flaky], random: () => 0.9 });
    const run = await fleet.run(definition);
    expect(run.status).toBe('completed');
    expect(order).toEqual(['first', 'second', 'first']);
  });

  test('a cancelled run gives back what it holds, and the next goes on', async () => {
    const { agent } = watched(8_000);
    const definition = workflow([many('t', 5, { limits: [{ name: 'one', concurrency: 1 }] })]);
    const fleet = await createTestFleet({ agents: [agent] });
    const first = await fleet.start(definition);
    await fleet.advance(1_000);
    const second = await fleet.start(workflow([task('t', { limits: [{ name: 'one', concurrency: 1 }] })]));
    await fleet.advance(1_000);
    expect((await fleet.look(second)).tasks.t?.status).toBe('suspended');
    await fleet.cancel(first);
    expect((await fleet.ended(second)).status).toBe('completed');
  });

  test('a noisy tenant does not keep a quiet one waiting', async () => {
    const begun: Array<{ tenant: string; at: number }> = [];
    const agent = fakeAgent('worker', {
      work: async (input, ctx) => {
        begun.push({ tenant: String(input), at: ctx.clock.now() });
        await sleep(ctx, 1_000);
      },
    });
    const shared = [{ name: 'api', scope: 'platform' as const, concurrency: 2 }];
    const named = (tenant: string, count: number) =>
      workflow([many('t', count, { input: tenant, limits: shared })], { name: tenant });
    const fleet = await createTestFleet({ agents: [agent], workflows: [named('noisy', 60), named('quiet', 4)] });
    const noisy = await fleet.start('noisy', {}, { tenant: 'noisy' });
    await fleet.advance(3_000);
    const quiet = await fleet.start('quiet', {}, { tenant: 'quiet' });
    const asked = fleet.platform.clock.now();
    await fleet.ended(quiet);
    // Alone it would take 2 s; it gets every second permit.
    expect(fleet.platform.clock.now() - asked).toBeLessThanOrEqual(8_000);
    expect(begun.filter(({ tenant }) => tenant === 'noisy').length).toBeLessThan(30);
    await fleet.ended(noisy);
    expect(begun).toHaveLength(64);
  });

  test('a key that yields nothing fails the task', async () => {
    const { agent } = watched();
    const fleet = await createTestFleet({ agents: [agent] });
    const run = await fleet.run(workflow([task('t', { limits: [{ key: '{% $input.customer %}', concurrency: 1 }] })]));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'expression_undefined', class: 'data' } });
  });
});
