import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { BusEventDetail, BusEventName } from '../../../lambdas/contracts/bus-events.ts';
import { DataError, RecoverableError } from '../../../lambdas/contracts/errors.ts';
import { type FakeTask, fakeAgent } from '../../../lambdas/testing/fake-agent.ts';
import { createTestFleet, type TestFleet } from '../../../lambdas/testing/test-fleet.ts';
import type { TestRun } from '../../../lambdas/testing/test-run.ts';
import { task, workflow } from '../../support/factories.ts';

let fleet: TestFleet;
afterEach(() => fleet.stop());

async function fleetOf(work: FakeTask = () => 'done'): Promise<TestFleet> {
  fleet = await createTestFleet({ agents: [fakeAgent('worker', { work })] });
  return fleet;
}

function said<N extends BusEventName>({ events }: Pick<TestRun, 'events'>, name: N): BusEventDetail<N>[] {
  return events.flatMap((event) => (event.name === name ? [event.detail as BusEventDetail<N>] : []));
}
const refusals = () => said({ events: fleet.events }, 'request_refused');

function requesterOf({ journal }: TestRun): string {
  const started = journal[0]?.events.find((event) => event.type === 'run_started');
  return started?.type === 'run_started' ? started.request.requested_by : '';
}

const chain = workflow([task('a'), task('b', { dependsOn: ['a'] })]);

describe('a run', () => {
  test('that has used up its retries says so at once, and goes on when it is resumed', async () => {
    let broken = true;
    await fleetOf(() => {
      if (broken) throw new RecoverableError('source_down', 'the source does not answer');
      return 'done';
    });
    const runId = await fleet.start(chain);
    await expect(fleet.ended(runId)).rejects.toThrow('is paused');
    const paused = await fleet.look(runId);
    expect(said(paused, 'workflow_paused')).toMatchObject([{ task_id: 'a', error: { code: 'source_down' } }]);
    expect(said(paused, 'decision_requested')).toMatchObject([
      { task_id: 'a', options: ['retry', 'skip', 'complete', 'fail'] },
    ]);
    broken = false;
    await fleet.resume(runId, { by: 'ann' });
    const run = await fleet.ended(runId);
    expect(run).toMatchObject({ status: 'completed', tasks: { a: { attempt: 4 } } });
    expect(said(run, 'workflow_resumed')).toMatchObject([{ resumed_by: 'ann', edited: false }]);
  });

  test('that another has started fails when its retries are used up: the task that it is has attempts of its own', async () => {
    let left = 3;
    await fleetOf(() => {
      left -= 1;
      if (left >= 0) throw new RecoverableError('source_down', 'the source does not answer');
      return 'done';
    });
    const retry = { maxAttempts: 2, intervalSeconds: 0 };
    await fleet.platform.registerWorkflow(workflow([task('a', { retry })], { name: 'child' }));
    const sub = task('sub', { type: undefined, workflow: { name: 'child' }, retry });
    const run = await fleet.run(workflow([sub]));
    expect(run).toMatchObject({ status: 'completed', tasks: { sub: { attempt: 2 } } });
    expect(said({ events: fleet.events }, 'workflow_failed')).toMatchObject([{ error: { code: 'source_down' } }]);
    left = 9;
    const runId = await fleet.start(workflow([sub]));
    await expect(fleet.ended(runId)).rejects.toThrow('is paused');
    expect(said({ events: fleet.events }, 'workflow_paused')).toMatchObject([{ workflow_id: runId, task_id: 'sub' }]);
  });

  test('stands still for weeks when a person pauses it, and still has its time afterwards', async () => {
    await fleetOf();
    const runId = await fleet.start(
      workflow([task('go', { type: undefined, waitFor: { event: 'go' } }), task('b', { dependsOn: ['go'] })]),
    );
    await fleet.pause(runId, 'the source is being moved');
    await fleet.advance(21 * 86_400_000);
    await fleet.signal(runId, 'go');
    expect(await fleet.look(runId)).toMatchObject({ status: 'running', tasks: { b: { status: 'ready' } } });
    await fleet.resume(runId);
    const run = await fleet.ended(runId);
    expect(run.status).toBe('completed');
    expect(said(run, 'workflow_paused')).toMatchObject([{ paused_by: 'test', reason: 'the source is being moved' }]);
    expect(fleet.platform.lifecycle.executions.get(runId)).toMatchObject({ status: 'succeeded', asked: 1 });
  });

  test('that failed is changed and goes on: what was done is not done again', async () => {
    const seen: unknown[] = [];
    await fleetOf((input) => {
      seen.push(input);
      if (JSON.stringify(input) === '{"table":"flihgts"}') throw new DataError('no_table', 'there is no such table');
      return 'done';
    });
    const runId = await fleet.start(
      workflow([task('a', { input: { n: 1 } }), task('b', { input: { table: 'flihgts' }, dependsOn: ['a'] })]),
    );
    expect(await fleet.ended(runId)).toMatchObject({ status: 'failed', error: { code: 'no_table' } });
    await fleet.resume(runId, { edit: { tasks: { b: { input: { table: 'flights' } } } } });
    const run = await fleet.ended(runId);
    expect(run).toMatchObject({
      status: 'completed',
      result: { b: 'done' },
      tasks: { a: { attempt: 1 }, b: { attempt: 2 } },
    });
    expect(seen).toEqual([{ n: 1 }, { table: 'flihgts' }, { table: 'flights' }]);
    expect(said(run, 'workflow_resumed')).toMatchObject([{ edited: true }]);
    expect(await fleet.platform.world.runs.get(runId)).toMatchObject({ status: 'completed' });
  });

  test('has parameters of agents of its own, from the next attempt on', async () => {
    const seen: unknown[] = [];
    const work: FakeTask = (_, ctx) => {
      seen.push(ctx.parameters);
      if (seen.length === 1) throw new DataError('too_small', 'the model is too small');
      return 'done';
    };
    const parameters = z.object({ model: z.string().default('small') });
    fleet = await createTestFleet({ agents: [fakeAgent('worker', { work }, { parameters })] });
    const { runId } = await fleet.run(workflow([task('a')]));
    await fleet.resume(runId, { edit: { parameters: { worker: { model: 'large' } } } });
    expect(await fleet.ended(runId)).toMatchObject({ status: 'completed' });
    await fleet.run(workflow([task('a')]));
    expect(seen).toEqual([{ model: 'small' }, { model: 'large' }, { model: 'small' }]);
  });

  test('that a run has started may not be decided by whoever asked for the first', async () => {
    await fleetOf();
    const asking = workflow([task('ask', { type: undefined, ask: { question: 'may I?' } })], { name: 'asking' });
    await fleet.platform.registerWorkflow(asking);
    const runId = await fleet.start(workflow([task('sub', { type: undefined, workflow: { name: 'asking' } })]));
    const child = fleet.events.findLast(({ name }) => name === 'decision_requested');
    const asked = child && 'workflow_id' in child.detail ? String(child.detail.workflow_id) : '';
    await fleet.decide(asked, 'ask', 'approve', requesterOf(await fleet.look(runId)));
    expect(said(await fleet.look(asked), 'decision_refused')).toMatchObject([
      { reason: 'whoever asked for the run may not decide it' },
    ]);
    await fleet.decide(asked, 'ask', 'approve', 'ann');
    expect(await fleet.ended(runId)).toMatchObject({ status: 'completed' });
  });

  test('is told why nothing came of a request', async () => {
    await fleetOf();
    const { runId } = await fleet.run(chain);
    await fleet.resume(runId);
    const paused = await fleet.start(workflow([task('ask', { type: undefined, ask: { question: 'may I?' } })]));
    await fleet.resume(paused);
    await fleet.pause(paused);
    await fleet.resume(paused, { edit: { tasks: { nothing: { agent: 'worker' } } } });
    expect(refusals()).toMatchObject([
      { workflow_id: runId, code: 'run_completed' },
      { workflow_id: paused, request: 'resume', code: 'not_paused', requested_by: 'test' },
      { workflow_id: paused, request: 'edit', code: 'unknown_task' },
    ]);
  });
});

describe('people', () => {
  const asking = workflow([
    task('a'),
    task('approve', {
      type: undefined,
      dependsOn: ['a'],
      ask: { question: 'pay {% $results.a %}?', shows: { plan: '{% $results.a %}' }, remindAfterSeconds: [600] },
    }),
  ]);

  test('approve exactly what they were shown, however large', async () => {
    await fleetOf(() => 'x'.repeat(3_000));
    const runId = await fleet.start(asking);
    const [request] = said(await fleet.look(runId), 'decision_requested');
    expect(request).toMatchObject({ digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(request).not.toHaveProperty('shows');
    await fleet.decide(runId, 'approve', 'approve', 'ann');
    await fleet.decide(runId, 'approve', 'approve', 'test', { digest: request?.digest ?? '' });
    await fleet.decide(runId, 'approve', 'approve', 'ann', { digest: request?.digest ?? '' });
    await fleet.decide(runId, 'approve', 'reject', 'bob', { digest: request?.digest ?? '' });
    const run = await fleet.ended(runId);
    expect(run.tasks.approve?.result).toMatchObject({ decision: 'approve', decided_by: 'ann' });
    expect(said(run, 'decision_refused').map(({ decided_by }) => decided_by)).toEqual(['ann', 'test']);
  });

  test('are reminded of what they have not answered', async () => {
    await fleetOf(() => 4);
    const runId = await fleet.start(asking);
    await fleet.advance(590_000);
    expect(said(await fleet.look(runId), 'decision_requested')).toHaveLength(1);
    await fleet.advance(20_000);
    const [first, second] = said(await fleet.look(runId), 'decision_requested');
    expect(second).toMatchObject({
      reminder: 1,
      shows: { plan: 4 },
      decision_id: first?.decision_id,
      digest: first?.digest,
    });
  });
});

describe('a tenant', () => {
  const hold = (action: 'pause' | 'resume', scope = 'default') =>
    fleet.platform
      .publish(
        { name: 'hold_requested', detail: { scope, action, reason: 'maintenance', requested_by: 'ann' } },
        'test',
      )
      .then(() => fleet.platform.time.settle());

  test('whose cancelled run is resumed and fails at once has it recorded as failed', async () => {
    await fleetOf();
    await hold('pause');
    const runId = await fleet.start(
      workflow([task('v', { type: undefined, value: '{% $error("no such number") %}' })]),
    );
    await fleet.cancel(runId, 'not now');
    await hold('resume');
    await fleet.resume(runId);
    expect(await fleet.ended(runId)).toMatchObject({ status: 'failed' });
    expect(await fleet.platform.world.runs.get(runId)).toMatchObject({ status: 'failed' });
  });

  test('on hold accepts runs and begins nothing, until it is let go', async () => {
    await fleetOf();
    await hold('pause');
    const runId = await fleet.start(chain);
    const other = await fleet.start(chain, {}, { tenant: 'other' });
    await fleet.advance(7_200_000);
    expect(await fleet.look(runId)).toMatchObject({ status: 'running', tasks: { a: { status: 'ready' } } });
    expect(await fleet.look(other)).toMatchObject({ status: 'completed' });
    await hold('resume');
    expect(await fleet.ended(runId)).toMatchObject({ status: 'completed' });
  });

  test('or everything', async () => {
    await fleetOf();
    await hold('pause', '*');
    const runId = await fleet.start(chain, {}, { tenant: 'other' });
    expect(await fleet.look(runId)).toMatchObject({ tasks: { a: { status: 'ready' } } });
    await hold('resume', '*');
    expect(await fleet.ended(runId)).toMatchObject({ status: 'completed' });
  });
});
