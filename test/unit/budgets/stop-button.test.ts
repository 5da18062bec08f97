import { describe, expect, test } from '@jest/globals';
import { NonRecoverableError } from '../../../lambdas/contracts/errors.ts';
import { fakeAgent, sleep } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet, type TestFleet } from '../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../support/factories.ts';

const MINUTE = 60_000;
const slow = () => fakeAgent('slow', { work: (_, ctx) => sleep(ctx, MINUTE) }, { timeoutSeconds: 120 });
const pair = workflow([task('a'), task('b', { dependsOn: ['a'] })], { name: 'pair', timeoutSeconds: 600 });

/** What stops the agent that works for this run. */
const stopOf = ({ platform }: TestFleet, runId: string) =>
  platform.world.stops.on({ tenant: 'default', runId, agent: 'slow' });

async function say({ platform }: TestFleet, event: Parameters<TestFleet['platform']['publish']>[0]): Promise<void> {
  await platform.publish(event, 'muster.client');
  await platform.time.settle();
}

describe('agents at work', () => {
  test('are stopped by a pause of their run until it is resumed', async () => {
    const fleet = await createTestFleet({ agents: [slow()], workflows: [pair] });
    const runId = await fleet.start('pair');
    expect(await stopOf(fleet, runId)).toBeUndefined();
    await fleet.pause(runId, 'too dear');
    expect(await stopOf(fleet, runId)).toEqual({ by: 'test', reason: 'too dear' });
    await fleet.resume(runId);
    expect(await stopOf(fleet, runId)).toBeUndefined();
    expect((await fleet.ended(runId)).status).toBe('completed');
    expect(await stopOf(fleet, runId)).toBeUndefined();
  });

  test('are stopped for good when their run is cancelled', async () => {
    const fleet = await createTestFleet({ agents: [slow()], workflows: [pair] });
    const runId = await fleet.start('pair');
    await fleet.cancel(runId, 'not wanted any more');
    expect(await stopOf(fleet, runId)).toEqual({ by: 'coordinator', reason: 'not wanted any more', ended: true });
  });

  test('are stopped when another task has failed their run, and go on when it is opened again', async () => {
    const broken = { now: true };
    const other = fakeAgent('other', {
      check: () => {
        if (broken.now) throw new NonRecoverableError('broken', 'it is broken');
        return 'fine';
      },
    });
    const both = workflow([task('a'), task('check', { type: 'check' })], { name: 'both', timeoutSeconds: 600 });
    const fleet = await createTestFleet({ agents: [slow(), other], workflows: [both] });
    const run = await fleet.run('both');
    expect(run.status).toBe('failed');
    expect(await stopOf(fleet, run.runId)).toMatchObject({ reason: 'it is broken', ended: true });
    broken.now = false;
    await fleet.resume(run.runId);
    expect(await stopOf(fleet, run.runId)).toBeUndefined();
    expect((await fleet.ended(run.runId)).status).toBe('completed');
  });

  test('are stopped while what their run did is taken back: only that goes on', async () => {
    const undo = { type: 'work' };
    const paid = workflow([task('a', { undo }), task('b', { dependsOn: ['a'] })], {
      name: 'paid',
      timeoutSeconds: 600,
    });
    const fleet = await createTestFleet({ agents: [slow()], workflows: [paid] });
    const runId = await fleet.start('paid');
    await fleet.advance(MINUTE + 1_000);
    await fleet.cancel(runId, 'too dear');
    expect((await fleet.look(runId)).status).toBe('compensating');
    expect(await stopOf(fleet, runId)).toMatchObject({ reason: 'too dear', ended: true });
    expect((await fleet.ended(runId)).status).toBe('cancelled');
  });

  test('are stopped by a hold on their tenant or on everything, and by nothing that drains', async () => {
    const fleet = await createTestFleet({ agents: [slow()], workflows: [pair] });
    const runId = await fleet.start('pair');
    const hold = (action: 'pause' | 'drain' | 'resume', scope: string) =>
      say(fleet, { name: 'hold_requested', detail: { scope, action, reason: '', requested_by: 'ada' } });
    for (const scope of ['default', '*']) {
      await hold('pause', scope);
      expect(await stopOf(fleet, runId)).toEqual({ by: 'ada', reason: '' });
      await hold('resume', scope);
      expect(await stopOf(fleet, runId)).toBeUndefined();
    }
    await hold('drain', '*');
    expect(await stopOf(fleet, runId)).toBeUndefined();
  });

  test('are stopped by whoever takes them out of the pool, and go on when they are put back', async () => {
    const fleet = await createTestFleet({ agents: [slow()], workflows: [pair] });
    const runId = await fleet.start('pair');
    const set = (state: 'ready' | 'maintenance') =>
      say(fleet, {
        name: 'agent_state_requested',
        detail: { agent: 'slow', state, reason: 'odd', requested_by: 'ada' },
      });
    await set('maintenance');
    expect(await stopOf(fleet, runId)).toEqual({ by: 'ada', reason: 'its agent is in maintenance: odd' });
    await set('ready');
    expect(await stopOf(fleet, runId)).toBeUndefined();
  });

  test('cost nothing more where nobody stops anything: a run that completes writes no stop', async () => {
    const fleet = await createTestFleet({ agents: [slow()], workflows: [pair] });
    const written: string[] = [];
    const { stops } = fleet.platform.world;
    const { setRun } = stops;
    Object.assign(stops, {
      setRun: (...given: Parameters<typeof setRun>) => written.push(given[0]) && setRun(...given),
    });
    await fleet.run('pair');
    expect(written).toEqual([]);
  });
});
