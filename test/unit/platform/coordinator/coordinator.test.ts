import { describe, expect, test } from '@jest/globals';
import { RecoverableError } from '../../../../lambdas/contracts/errors.ts';
import { RUN_ID, task, workflow } from '../../../support/factories.ts';
import { createFleet } from '../../../support/fleet.ts';
import { workAgent } from '../../../support/no-op-agent.ts';

const fan = (width: number) =>
  workflow([
    task('root'),
    ...Array.from({ length: width }, (_, index) => task(`leaf-${index}`, { dependsOn: ['root'] })),
    task('join', { dependsOn: Array.from({ length: width }, (_, index) => `leaf-${index}`) }),
  ]);

describe('the coordinator and its agents', () => {
  test('run a graph to its end and tell the world', async () => {
    const fleet = createFleet({ agents: [workAgent()] });
    await fleet.start(workflow([task('a'), task('b', { dependsOn: ['a'] })]), { token: 'token' });
    await fleet.settle();
    expect((await fleet.state()).phase).toBe('completed');
    expect(fleet.published.map((event) => event.name).filter((name) => name !== 'agent_status')).toEqual([
      'workflow_started',
      'task_completed',
      'task_completed',
      'workflow_completed',
    ]);
    expect(fleet.lifecycle.answers.get('token')).toEqual({ output: { run_id: RUN_ID, status: 'completed' } });
  });

  test('pass results on to the tasks that depend on them, by manifest when there are many', async () => {
    const fleet = createFleet({
      agents: [
        workAgent(async (_, ctx) => {
          if (ctx.taskId !== 'join') return { from: ctx.taskId };
          return { inputs: Object.keys(await ctx.upstream()).length, one: await ctx.upstream('leaf-7') };
        }),
      ],
    });
    await fleet.start(fan(250));
    await fleet.settle();
    const state = await fleet.state();
    expect(state.tasks.at(-1)?.result).toEqual({ value: { inputs: 250, one: { from: 'leaf-7' } } });
  });

  test('carry results over 1 KiB by claim check', async () => {
    const large = 'x'.repeat(5_000);
    const fleet = createFleet({
      agents: [workAgent(async (_, ctx) => (ctx.taskId === 'a' ? { large } : await ctx.upstream('a')))],
    });
    await fleet.start(workflow([task('a'), task('b', { dependsOn: ['a'] })]));
    await fleet.settle();
    const [a, b] = (await fleet.state()).tasks;
    expect(a?.result).toHaveProperty('ref');
    expect(b?.result).toEqual(a?.result);
  });

  test('try a task again that fails twice and then works', async () => {
    let calls = 0;
    const fleet = createFleet({
      agents: [
        workAgent(() => {
          calls += 1;
          if (calls < 3) throw new RecoverableError('flaky', 'not yet');
          return calls;
        }),
      ],
    });
    await fleet.start(workflow([task('a')]));
    await fleet.settle(60_000);
    const state = await fleet.state();
    expect(state.phase).toBe('completed');
    expect(state.tasks[0]).toMatchObject({ attempt: 3, result: { value: 3 } });
  });

  test('fail a run whose task never works, and say why', async () => {
    const fleet = createFleet({
      agents: [
        workAgent(() => {
          throw new Error('broken');
        }),
      ],
    });
    await fleet.start(workflow([task('a')]), { token: 'token' });
    await fleet.settle(60_000);
    expect(await fleet.state()).toMatchObject({
      phase: 'failed',
      error: { code: 'processing_error', message: 'broken' },
    });
    expect(fleet.published.at(-1)).toMatchObject({ name: 'workflow_failed', detail: { task_id: 'a' } });
    expect(fleet.lifecycle.answers.get('token')).toHaveProperty('error.code', 'processing_error');
  });

  test('notice an agent that never answers by the timer alone', async () => {
    const fleet = createFleet({ agents: [workAgent()] });
    await fleet.start(workflow([task('a', { timeoutSeconds: 30, retry: { maxAttempts: 1 } })]));
    const inbox = fleet.queues;
    inbox.create('memory://worker-standard');
    await fleet.settle(120_000);
    expect(await fleet.state()).toMatchObject({ phase: 'failed', error: { code: 'task_timeout' } });
  });

  test('stop at the deadline of the workflow', async () => {
    const fleet = createFleet({ agents: [workAgent()] });
    await fleet.start(workflow([task('a')], { timeoutSeconds: 20 }));
    fleet.queues.create('memory://worker-standard');
    await fleet.settle(120_000);
    expect(await fleet.state()).toMatchObject({ phase: 'failed', error: { code: 'workflow_deadline' } });
  });

  test('stop when the run is cancelled', async () => {
    const fleet = createFleet({ agents: [workAgent()] });
    await fleet.start(fan(20));
    await fleet.tell('cancel_run', 'intake', { run_id: RUN_ID, reason: 'changed my mind', requested_by: 'me' });
    await fleet.settle();
    expect(await fleet.state()).toMatchObject({ phase: 'cancelled' });
    expect(fleet.published.at(-1)).toMatchObject({ name: 'workflow_cancelled', detail: { reason: 'changed my mind' } });
  });

  test('go on where a dead coordinator left off, from a snapshot and the journal', async () => {
    const fleet = createFleet({ agents: [workAgent()] });
    const chain = Array.from({ length: 70 }, (_, index) =>
      task(`t${index}`, index === 0 ? {} : { dependsOn: [`t${index - 1}`] }),
    );
    await fleet.start(workflow(chain));
    const stopped = fleet.settle();
    fleet.restartCoordinator();
    await stopped;
    fleet.restartCoordinator();
    await fleet.settle();
    expect((await fleet.state()).phase).toBe('completed');
    expect(await fleet.journal.readSnapshot(RUN_ID)).toMatchObject({ engine: 1 });
  });

  test('dispatch more than a turn may, by going on with a message to itself', async () => {
    const fleet = createFleet({ agents: [workAgent()] });
    await fleet.start(fan(1_200));
    await fleet.settle();
    expect((await fleet.state()).phase).toBe('completed');
  });

  test('journal and acknowledge a message that makes no sense', async () => {
    const fleet = createFleet({ agents: [workAgent()] });
    await fleet.start(workflow([task('a')]));
    await fleet.tell('status_update', 'intruder', { run_id: RUN_ID, agent: 'intruder', updates: [] });
    await fleet.tell('wake_run', 'intruder', { run_id: RUN_ID });
    await fleet.settle();
    const events = (await fleet.journal.read(RUN_ID, 0)).flatMap((entry) => entry.events);
    const refused = events.filter((event) => event.type === 'message_refused').map((event) => event.code);
    expect(refused).toEqual(['bad_message', 'sender_not_permitted']);
    expect((await fleet.state()).phase).toBe('completed');
  });
});
