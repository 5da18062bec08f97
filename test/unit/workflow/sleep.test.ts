import { describe, expect, test } from '@jest/globals';
import { fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { player } from '../../support/engine-player.ts';
import { NOW, RUN_ID, task, workflow } from '../../support/factories.ts';

const HOUR = 3_600_000;
const inMs = (ms: number): string => new Date(NOW + ms).toISOString();
const sleeping = (...tasks: Parameters<typeof workflow>[0]) => player(workflow(tasks, { timeoutSeconds: 1_000_000 }));
const command = (type: 'pause_run' | 'resume_run', id: string) =>
  ({ type, messageId: id, payload: { run_id: RUN_ID, request_id: id, requested_by: 'ann', reason: '' } }) as const;

describe('a task that sleeps', () => {
  test('is over after its seconds, and answers null', () => {
    const run = sleeping({ id: 's', sleep: { seconds: 90 } }, task('next', { dependsOn: ['s'] }));
    expect(run.task('s')).toMatchObject({ status: 'suspended', on: { for: 'time' }, due: NOW + 90_000 });
    run.wake(89_000);
    expect(run.statuses()).toMatchObject({ s: 'suspended', next: 'waiting' });
    run.wake(1_000);
    expect(run.task('s')).toMatchObject({ status: 'completed', result: { value: null }, durationMs: 90_000 });
    expect(run.statuses().next).toBe('dispatched');
  });

  test('until a time is over then, and at once when it has passed', () => {
    const run = sleeping({ id: 's', sleep: { until: inMs(HOUR) } }, { id: 'past', sleep: { until: inMs(-HOUR) } });
    expect(run.statuses()).toEqual({ s: 'suspended', past: 'completed' });
    run.wake(HOUR);
    expect(run.state.phase).toBe('completed');
  });

  test('sleeps once per item', () => {
    const run = sleeping({ id: 's', sleep: { seconds: 10 }, forEach: { items: [1, 2, 3], limit: 2 } });
    run.wake(10_000);
    expect(run.statuses()).toMatchObject({ 's.0': 'completed', 's.1': 'completed', 's.2': 'suspended' });
    run.wake(10_000);
    expect(run.state.phase).toBe('completed');
  });

  test('is not woken while its run is paused: seconds stand still, a time comes when it comes', () => {
    const run = sleeping({ id: 's', sleep: { seconds: 60 } }, { id: 'until', sleep: { until: inMs(60_000) } });
    run.wake(20_000);
    run.turn([command('pause_run', 'p')]);
    run.wake(100_000);
    expect(run.statuses()).toEqual({ s: 'suspended', until: 'suspended' });
    run.turn([command('resume_run', 'r')]);
    run.wake(0);
    expect(run.statuses()).toEqual({ s: 'suspended', until: 'completed' });
    run.wake(39_999);
    expect(run.statuses().s).toBe('suspended');
    run.wake(1);
    expect(run.state.phase).toBe('completed');
  });

  test('ends with its run at the deadline', () => {
    const run = player(workflow([{ id: 's', sleep: { seconds: 600 } }], { timeoutSeconds: 60 }));
    run.wake(60_000);
    expect(run.state).toMatchObject({ phase: 'failed', error: { code: 'workflow_deadline' } });
  });
});

describe('on the platform', () => {
  test.each([1, 600, 3_000, 100_000])('a sleep of %d s lasts as long, whatever a timer reaches', async (seconds) => {
    const woken: number[] = [];
    const work = (_: unknown, ctx: { clock: { now(): number } }): null => {
      woken.push(ctx.clock.now());
      return null;
    };
    const fleet = await createTestFleet({ agents: [fakeAgent('worker', { work })] });
    const began = fleet.platform.clock.now();
    const tasks = [{ id: 's', sleep: { seconds } }, task('next', { dependsOn: ['s'] })];
    expect((await fleet.run(workflow(tasks, { timeoutSeconds: 200_000 }))).status).toBe('completed');
    expect((woken[0] ?? 0) - began).toBeGreaterThanOrEqual(seconds * 1_000);
    expect((woken[0] ?? 0) - began).toBeLessThan(seconds * 1_000 + 2_000);
  });
});
