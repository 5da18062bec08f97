import { describe, expect, test } from '@jest/globals';
import { readQueue } from '../../../bin/commands/queue.ts';
import { queueText } from '../../../bin/views/queue.ts';
import { RecoverableError } from '../../../lambdas/contracts/errors.ts';
import type { Limit } from '../../../lambdas/contracts/flow-control.ts';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../support/factories.ts';

const forEver = (): Promise<never> => new Promise(() => {});
const limited = (limit: Limit, name = 'limited') =>
  workflow([task('a', { limits: [limit], timeoutSeconds: 600 })], { name });

describe('muster queue', () => {
  test('shows per limit and key who is at work and who waits, and why', async () => {
    const fleet = await createTestFleet({ agents: [fakeAgent('worker', { work: forEver })] });
    const definition = limited({ name: 'api', key: '{% $input.customer %}', concurrency: 1 });
    const first = await fleet.start(definition, { customer: 'acme' });
    await fleet.advance(1_000);
    const second = await fleet.start(definition, { customer: 'acme' });
    const other = await fleet.start(definition, { customer: 'other' });
    await fleet.advance(5_000);
    const { clock, world } = fleet.platform;
    const { flows, runs } = await readQueue(world, {}, clock.now());
    expect(runs).toEqual([]);
    expect(flows).toMatchObject([
      {
        ...{ name: 'api', key: 'acme', rule: '1 at once', shared: false },
        lines: [
          { state: 'running', run_id: first, permits: 1 },
          { state: 'waiting', run_id: second, permits: 1, reason: '1 of 1 in use' },
        ],
      },
      { key: 'other', lines: [{ state: 'running', run_id: other }] },
    ]);
    const text = queueText(flows, runs, clock.now());
    expect(text).toContain('api · key acme · 1 at once');
    expect(text).toMatch(new RegExp(`waiting +${second.slice(0, 12)} +limited .*1 of 1 in use`));
    expect((await readQueue(world, { name: 'nothing' }, clock.now())).flows).toEqual([]);
    expect((await readQueue(world, { tenant: 'somebody' }, clock.now())).flows).toEqual([]);
    fleet.stop();
  });

  test('says when the rate lets the next one through', async () => {
    const fleet = await createTestFleet({ agents: [fakeAgent('worker', { work: forEver })] });
    const definition = limited({ rate: { limit: 1, periodSeconds: 60 } });
    const first = await fleet.start(definition);
    const began = fleet.platform.clock.now();
    const second = await fleet.start(definition);
    const { flows } = await readQueue(fleet.platform.world, {}, fleet.platform.clock.now());
    expect(flows).toMatchObject([
      {
        ...{ name: 'limited/a', key: '', rule: '1 per 60 s' },
        lines: [{ state: 'throttled', run_id: second, reason: 'the rate of 1 per 60 s is used up' }],
      },
    ]);
    expect(flows[0]?.lines.map(({ run_id }) => run_id)).not.toContain(first);
    const [line] = flows[0]?.lines ?? [];
    expect(Math.abs((line?.expected_at ?? 0) - began - 60_000)).toBeLessThanOrEqual(1_000);
    fleet.stop();
  });

  test('shows runs that were paused, and by whom', async () => {
    const fleet = await createTestFleet({ agents: [fakeAgent('worker', { work: forEver })] });
    const run = await fleet.start(workflow([task('a'), task('b', { dependsOn: ['a'] })], { name: 'long' }));
    const detail = { workflow_id: run, reason: 'wait for the new model', requested_by: 'ada' };
    await fleet.platform.publish({ name: 'workflow_pause_requested', detail }, 'test');
    await fleet.advance(1_000);
    const { runs } = await readQueue(fleet.platform.world, {}, fleet.platform.clock.now());
    expect(runs).toMatchObject([{ state: 'paused', run_id: run, reason: 'ada: wait for the new model' }]);
    fleet.stop();
  });

  test('lists what is tried again, and when', async () => {
    const work = (): never => {
      throw new RecoverableError('flaky', 'not yet');
    };
    const fleet = await createTestFleet({ agents: [fakeAgent('worker', { work })] });
    const retry = { intervalSeconds: 600, maxDelaySeconds: 600 };
    const run = await fleet.start(workflow([task('a', { retry })], { name: 'again' }));
    const { clock, world } = fleet.platform;
    const { runs } = await readQueue(world, {}, clock.now());
    expect(runs).toMatchObject([
      { state: 'retrying', run_id: run, workflow: 'again', task: 'a', reason: 'attempt 1 failed: flaky: not yet' },
    ]);
    expect(runs[0]?.expected_at).toBeGreaterThan(clock.now());
    fleet.stop();
  });
});
