import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { TaskView } from '../../lambdas/views/run-view.ts';
import { runCli } from '../support/local-cloud/run-cli.ts';
import { ProbeRuns, taskOf } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo('channel.probe.step', 'decision_requested');
});
afterAll(() => probe?.close());

const Steps = z.array(z.object({ step: z.number(), attempt: z.number(), container: z.string() }));
const isSuspended = ({ status }: TaskView): boolean => status === 'suspended';

describe('an agent with steps', () => {
  test('does none of them twice when its Lambda is killed between two', async () => {
    const input = { steps: 6, ms: 700 };
    const runId = await probe.start([{ id: 'a', type: 'probe.steps', input }]);
    await probe.event('channel.probe.step', runId, ({ step }) => step === 3);
    expect(probe.cloud.killWorkers('ProbeStepper')).toBeGreaterThan(0);
    const run = await probe.ended(runId);
    expect(run).toMatchObject({ status: 'completed' });

    const steps = Steps.parse(run.result);
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    const containers = [...new Set(steps.map(({ container }) => container))];
    expect(containers).toHaveLength(2);
    // What the first container had on record, the second has not done again.
    const [first] = containers;
    const recorded = steps.filter(({ container }) => container === first).map(({ step }) => step);
    expect(recorded.length).toBeGreaterThanOrEqual(2);
    const heard = await probe.heard('channel.probe.step', runId);
    for (const step of recorded) expect(heard.filter((one) => one.step === step)).toHaveLength(1);
    // At most the one that was under way was done by both.
    expect(heard.length - steps.length).toBeLessThanOrEqual(1);
  });

  test('waits, hears, asks, calls and delegates, and is not there meanwhile', async () => {
    const runId = await probe.start([{ id: 'a', type: 'probe.waits', input: { event: 'parcel' } }]);
    expect(await probe.task(runId, 'a..2-sleep', isSuspended)).toMatchObject({ type: 'sleep' });
    expect(await probe.task(runId, 'a', isSuspended)).toMatchObject({ on: { for: 'tasks' } });

    const signal = ['signal', runId, 'parcel', '--payload', '{ "weight": 3 }'];
    expect(await runCli(signal)).toMatchObject({ code: 0 });
    const { task_id: asked } = await probe.event('decision_requested', runId);
    expect(String(asked)).toMatch(/^a\.\.4-ask-/);
    await probe.decide(runId, String(asked), 'approve');

    const run = await probe.ended(runId);
    expect(run).toMatchObject({ status: 'completed' });
    expect(run.result).toEqual({
      ...{ first: 1, heard: { weight: 3 }, decision: 'approve', decided_by: 'ann' },
      ...{ called: { decision: 'approve' }, left: 1, right: 2, wrong: 'this never works' },
    });
    expect(taskOf(run, 'a')).toMatchObject({ status: 'completed', attempt: 6 });
    expect((await runCli(['status', runId])).stdout).toContain('5 waits');
  });

  test('that does something else when it runs again fails, and says what', async () => {
    const run = await probe.run([{ id: 'a', type: 'probe.changes', input: null, escalate: 'fail' }]);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'non_deterministic' } });
    expect(run.error?.message).toContain('step "attempt 1"');
    expect(run.error?.message).toContain('step "attempt 2"');
  });
});
