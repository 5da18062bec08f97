import { describe, expect, test } from '@jest/globals';
import type { Header } from '../../../../lambdas/contracts/envelope.ts';
import { RecoverableError } from '../../../../lambdas/contracts/errors.ts';
import type { Json, JsonObject } from '../../../../lambdas/contracts/json.ts';
import { encodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import { type FakeTask, fakeAgent } from '../../../../lambdas/testing/fake-agent.ts';
import type { Hooks } from '../../../../lambdas/testing/hooks.ts';
import { QUEUES } from '../../../../lambdas/testing/queue-urls.ts';
import { createTestFleet, type TestFleet } from '../../../../lambdas/testing/test-fleet.ts';
import { ENGINE_VERSION } from '../../../../lambdas/workflow/state.ts';
import { task, workflow } from '../../../support/factories.ts';

const fleetOf = (work: FakeTask = () => ({ ok: true }), hooks: Hooks = {}): Promise<TestFleet> =>
  createTestFleet({ agents: [fakeAgent('worker', { work })], hooks });

const forEver = (): Promise<Json> => new Promise(() => {});

const fan = (width: number) =>
  workflow([
    task('root'),
    ...Array.from({ length: width }, (_, index) => task(`leaf-${index}x`, { dependsOn: ['root'] })),
    task('join', { dependsOn: Array.from({ length: width }, (_, index) => `leaf-${index}x`) }),
  ]);

/** Puts a message on the coordinator's queue in the name of `sender`. @param role of whom SQS says it is; default: the sender */
async function tell(
  { platform }: TestFleet,
  sender: string,
  type: string,
  payload: JsonObject & { run_id: string },
  role = sender,
) {
  const { world, clock } = platform;
  const header: Header = {
    ...{ message_id: world.ids.uuid(), correlation_id: 'c', timestamp: new Date(clock.now()).toISOString() },
    ...{ sender, receiver: 'coordinator', message_type: type, tenant: 'default' },
    ...{ priority: 2, ttl: 300, schema_version: 1 },
  };
  const body = await encodeMessage({ header, payload }, { ...world, messageSecurity: platform.securityOf(sender) });
  const message = { body, groupId: payload.run_id, deduplicationId: world.ids.uuid() };
  await platform.queuesOf(role).send(QUEUES.coordinator, [message]);
  await platform.time.settle();
}

describe('the coordinator and its agents', () => {
  test('run a graph to its end and tell the world', async () => {
    const fleet = await fleetOf();
    const run = await fleet.run(workflow([task('a'), task('b', { dependsOn: ['a'] })]));
    expect(run.status).toBe('completed');
    expect(run.events.map(({ name }) => name)).toEqual([
      'workflow_started',
      'task_completed',
      'task_completed',
      'workflow_completed',
    ]);
    expect(fleet.platform.lifecycle.executions.get(run.runId)).toEqual({
      status: 'succeeded',
      output: { run_id: run.runId, status: 'completed' },
      asked: 1,
    });
  });

  test('pass results on to the tasks that depend on them, by manifest when there are many', async () => {
    const fleet = await fleetOf(async (_, ctx) => {
      if (ctx.taskId !== 'join') return { from: ctx.taskId };
      return { inputs: Object.keys(await ctx.upstream()).length, one: await ctx.upstream('leaf-7x') };
    });
    const run = await fleet.run(fan(250));
    expect(run.result).toEqual({ join: { inputs: 250, one: { from: 'leaf-7x' } } });
  });

  test('carry results over 1 KiB by claim check', async () => {
    const large = 'x'.repeat(5_000);
    const fleet = await fleetOf((_, ctx) => (ctx.taskId === 'a' ? { large } : ctx.upstream('a')));
    const run = await fleet.run(workflow([task('a'), task('b', { dependsOn: ['a'] })]));
    expect(run.result).toEqual({ b: { large } });
    expect(JSON.stringify(run.journal)).not.toContain(large);
    expect([...fleet.platform.world.objects.values()]).toContain(JSON.stringify({ large }));
  });

  test('try a task again that fails twice and then works', async () => {
    let calls = 0;
    const fleet = await fleetOf(() => {
      calls += 1;
      if (calls < 3) throw new RecoverableError('flaky', 'not yet');
      return calls;
    });
    const run = await fleet.run(workflow([task('a')]));
    expect(run).toMatchObject({ status: 'completed', tasks: { a: { attempt: 3, result: 3 } } });
  });

  test('fail a run whose task never works, and say why', async () => {
    const fleet = await fleetOf(() => {
      throw new Error('broken');
    });
    const run = await fleet.run(workflow([task('a'), task('b', { dependsOn: ['a'] })], { escalate: 'fail' }));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'processing_error', message: 'broken' } });
    expect(run.events.at(-1)).toMatchObject({ name: 'workflow_failed', detail: { task_id: 'a' } });
    const execution = fleet.platform.lifecycle.executions.get(run.runId);
    expect(execution).toEqual({ status: 'failed', error: { code: 'processing_error' }, asked: 1 });
  });

  test('stop at the deadline of the workflow, though no agent ever gets its message', async () => {
    const lost = 10 * 86_400_000;
    const fleet = await fleetOf(undefined, { hopMs: (queue) => (queue.includes('worker') ? lost : 0) });
    const run = await fleet.run(workflow([task('a')], { timeoutSeconds: 20 }));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'workflow_deadline' } });
    expect(run.events.at(-1)).toMatchObject({ detail: { duration_ms: 20_000 } });
  });

  test('stop when the run is cancelled', async () => {
    const fleet = await fleetOf(forEver);
    const runId = await fleet.start(fan(20));
    await fleet.cancel(runId, 'changed my mind');
    const run = await fleet.ended(runId);
    expect(run.status).toBe('cancelled');
    expect(run.events.at(-1)).toMatchObject({ name: 'workflow_cancelled', detail: { reason: 'changed my mind' } });
  });

  test('go on where a dead coordinator left off, from a snapshot and the journal', async () => {
    let done = 0;
    let cold = 0;
    const work: FakeTask = () => {
      done += 1;
      if (done === 60) fleet.platform.processes.get('coordinator')?.kill();
      return null;
    };
    const fleet = await fleetOf(work, {
      work: (own, { process }) => {
        if (process === 'coordinator') cold += 1;
        return own;
      },
    });
    const chain = Array.from({ length: 70 }, (_, index) =>
      task(`t${index}`, index === 0 ? {} : { dependsOn: [`t${index - 1}`] }),
    );
    const run = await fleet.run(workflow(chain));
    expect(run.status).toBe('completed');
    expect(done).toBe(70);
    expect(cold).toBe(2);
    expect(await fleet.platform.world.journal.readSnapshot(run.runId)).toMatchObject({ engine: ENGINE_VERSION });
  });

  test('carry out what a turn was killed over, when the message of that turn comes back as a new one', async () => {
    let deadly = false;
    const fleet = await fleetOf(() => null, {
      call({ process, port, method }) {
        if (!deadly || process !== 'coordinator' || port !== 'journal' || method !== 'append') return undefined;
        deadly = false;
        return { kill: 'after' };
      },
      // Neither does that message get through again nor what its dead letter leads to.
      deliver: ({ process, records }) =>
        process === 'dead-letters' ||
        (process === 'coordinator' && records.some(({ receiveCount }) => receiveCount > 1))
          ? { throttled: true }
          : undefined,
    });
    const runId = await fleet.start(
      workflow([task('a', { type: undefined, waitFor: { event: 'go' } }), task('b', { dependsOn: ['a'] })]),
    );
    const event = { run_id: runId, event_id: 'event-1', event: 'go', payload: { value: null } };
    deadly = true;
    await tell(fleet, 'intake', 'deliver_event', event);
    await fleet.advance(1_800_000);
    expect(await fleet.look(runId)).toMatchObject({ status: 'running', tasks: { b: { status: 'dispatched' } } });
    await tell(fleet, 'intake', 'deliver_event', event);
    expect((await fleet.look(runId)).status).toBe('completed');
  });

  test('dispatch more than a turn may, by going on with a message to itself', async () => {
    const fleet = await fleetOf(() => null);
    const definition = await fleet.platform.registerWorkflow(fan(1_200));
    expect((await fleet.run(definition.name)).status).toBe('completed');
  });

  test('journal and acknowledge a message that makes no sense, or is not for its sender to send', async () => {
    const fleet = await fleetOf(forEver);
    const runId = await fleet.start(workflow([task('a')]));
    await tell(fleet, 'intruder', 'status_update', { run_id: runId, agent: 'intruder', updates: [] });
    await tell(fleet, 'intruder', 'wake_run', { run_id: runId });
    const { journal } = await fleet.look(runId);
    const refused = journal.flatMap(({ events }) => events.filter((event) => event.type === 'message_refused'));
    expect(refused.map(({ code }) => code)).toEqual(['bad_message', 'sender_not_permitted']);
    expect(fleet.platform.world.queues.queue(QUEUES.coordinator).depth()).toBe(0);
  });

  test('refuse a message in the name of another role', async () => {
    const fleet = await fleetOf(forEver);
    const runId = await fleet.start(workflow([task('a')]));
    await tell(fleet, 'timers', 'wake_run', { run_id: runId }, 'worker');
    const { journal } = await fleet.look(runId);
    expect(journal.at(-1)?.events).toMatchObject([{ type: 'message_refused', code: 'identity_mismatch' }]);
  });
});
