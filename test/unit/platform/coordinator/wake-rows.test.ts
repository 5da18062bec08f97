import { describe, expect, test } from '@jest/globals';
import { DataError } from '../../../../lambdas/contracts/errors.ts';
import { fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import type { Hooks } from '../../../../lambdas/testing/hooks.ts';
import { createTestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { task, workflow } from '../../../support/factories.ts';

const MINUTE = 60_000;
const FAR_OFF = Number.MAX_SAFE_INTEGER;

/** Its first task fails until it is mended; then the run waits for an event. */
async function fleetWith(hooks: Hooks) {
  let mended = false;
  const work = () => {
    if (!mended) throw new DataError('broken', 'it is broken');
    return 'done';
  };
  const fleet = await createTestFleet({ agents: [fakeAgent('worker', { work })], hooks });
  const wait = task('wait', { type: undefined, waitFor: { event: 'go' }, dependsOn: ['a'] });
  const runId = await fleet.start(workflow([task('a'), wait], { lifecycle: 'queue' }));
  return {
    fleet,
    runId,
    awake: () => fleet.platform.world.runs.overdue(FAR_OFF, 10),
    async reopen(): Promise<void> {
      mended = true;
      await fleet.resume(runId);
      expect(await fleet.look(runId)).toMatchObject({ status: 'running', tasks: { wait: { status: 'suspended' } } });
    },
  };
}

describe('the wake row of a run that is taken up again', () => {
  test('is not taken away by a coordinator that is late with the end before it', async () => {
    let stood = 0;
    const { fleet, runId, awake, reopen } = await fleetWith({
      deliver: ({ process }) => (process === 'coordinator' ? { zombie: true } : undefined),
      call({ process, port, method, args }) {
        const lets = port === 'runs' && method === 'setWake' && args[1] === undefined;
        if (process !== 'coordinator' || !lets || stood > 0) return undefined;
        stood += 1;
        return { delayMs: 30 * MINUTE };
      },
    });
    await fleet.advance(10 * MINUTE);
    expect(await fleet.look(runId)).toMatchObject({ status: 'failed' });
    expect(await awake()).toEqual([]);
    await reopen();
    await fleet.advance(30 * MINUTE);
    expect(stood).toBe(1);
    expect(await awake()).toEqual([runId]);
    await fleet.signal(runId, 'go');
    expect(await fleet.ended(runId)).toMatchObject({ status: 'completed' });
    expect(await awake()).toEqual([]);
    await fleet.stop();
  });

  test('is not taken away by a sweeper that has seen it as ended', async () => {
    let came = 0;
    const { fleet, runId, awake, reopen } = await fleetWith({
      call({ process, port, method }) {
        if (process !== 'sweeper') return undefined;
        if (port === 'queues') came += 1;
        return method === 'setWake' ? { delayMs: 5_000 } : undefined;
      },
    });
    const { runs, clock } = fleet.platform.world;
    await runs.setWake(runId, clock.now());
    fleet.platform.call('sweeper');
    await fleet.advance(1_000);
    await reopen();
    await fleet.advance(10_000);
    expect(came).toBe(1);
    expect(await awake()).toEqual([runId]);
    await fleet.stop();
  });

  test('that was left over goes once the sweeper has come for it', async () => {
    const { fleet, runId, awake } = await fleetWith({});
    const { runs, clock } = fleet.platform.world;
    await runs.setWake(runId, clock.now(), 1);
    await fleet.advance(2 * MINUTE);
    expect(await fleet.look(runId)).toMatchObject({ status: 'failed' });
    expect(await awake()).toEqual([]);
    await fleet.stop();
  });
});
