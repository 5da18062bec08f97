import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { runCli } from '../support/local-cloud/run-cli.ts';
import { ProbeRuns, taskOf } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo(
    ...['decision_requested', 'decision_refused', 'workflow_rejected', 'workflow_completed', 'workflow_cancelled'],
  );
});
afterAll(() => probe?.close());

const isSuspended = ({ status }: { status: string }): boolean => status === 'suspended';

describe('an event that a task waits for', () => {
  const waiting: JsonObject[] = [
    { id: 'paid', waitFor: { event: 'payment', key: '{% $input.order %}' }, timeoutSeconds: 60 },
    { id: 'echo', type: 'probe.echo', dependsOn: ['paid'], input: '{% $results.paid %}' },
  ];
  const input = { order: '42' };

  test('is not lost when it was sent before there was a run', async () => {
    const requestId = randomUUID();
    const payload = ['--key', '42', '--payload', '{ "amount": 7 }'];
    const sent = await runCli(['signal', requestId, 'payment', ...payload]);
    expect(sent).toMatchObject({ code: 0, stderr: '' });
    const run = await probe.run(waiting, { requestId, input });
    expect(run).toMatchObject({ status: 'completed', result: { amount: 7 } });
  });

  test('goes on with its task when it comes; another key, and a second one, do nothing', async () => {
    const runId = await probe.start([...waiting, { id: 'again', waitFor: { event: 'payment' }, dependsOn: ['paid'] }], {
      input,
    });
    await probe.task(runId, 'paid', isSuspended);
    const send = (event_id: string, key: string): Promise<void> =>
      probe.cloud.publish('workflow_event', {
        workflow_id: runId,
        event: 'payment',
        key,
        event_id,
        payload: { event_id },
      });
    await send('first', '41');
    await send('second', '42');
    await send('second', '42');
    const view = await probe.until(runId, (now) => taskOf(now, 'echo').status === 'completed');
    expect(taskOf(view, 'paid').result).toEqual({ value: { event_id: 'second' } });
    // "again" takes any key: the first, which nobody had wanted yet.
    const run = await probe.ended(runId);
    expect(taskOf(run, 'again').result).toEqual({ value: { event_id: 'first' } });
    expect(run.mailbox).toEqual([]);
  });

  test('that does not come in time fails the task, and its fallback goes on', async () => {
    const never = { waitFor: { event: 'never' }, timeoutSeconds: 1 };
    const [failed, stoodIn] = await Promise.all([
      probe.run([{ id: 'a', ...never }]),
      probe.run([{ id: 'a', ...never, fallback: { value: 'nothing came' } }]),
    ]);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'wait_timeout' } });
    expect(stoodIn).toMatchObject({ status: 'completed', result: 'nothing came' });
  });
});

describe('a task that sleeps', () => {
  test('is over when its time is, and says so meanwhile', async () => {
    const runId = await probe.start([
      { id: 'nap', sleep: { seconds: 4 } },
      { id: 'echo', type: 'probe.echo', dependsOn: ['nap'], input: { awake: true } },
    ]);
    expect(await probe.task(runId, 'nap', isSuspended)).toMatchObject({ type: 'sleep', on: { for: 'time' } });
    expect((await runCli(['status', runId])).stdout).toContain('sleeps until');
    const run = await probe.ended(runId);
    expect(run).toMatchObject({ status: 'completed', result: { awake: true } });
    expect(taskOf(run, 'nap').durationMs).toBeGreaterThanOrEqual(4_000);
  });
});

describe('a question to a person', () => {
  const question = { question: '{% "Ship " & $input.what & "?" %}', to: 'shipping' };

  test('is heard on the bus, answered there, and its answer is the result', async () => {
    const runId = await probe.start([{ id: 'ok', ask: question }], { input: { what: 'it' } });
    expect(await probe.event('decision_requested', runId)).toMatchObject({
      task_id: 'ok',
      question: 'Ship it?',
      options: ['approve', 'reject'],
      to: 'shipping',
    });
    await probe.decide(runId, 'ok', 'approve', { comment: 'go' });
    expect((await probe.ended(runId)).result).toEqual({ decision: 'approve', comment: 'go', decided_by: 'ann' });
  });

  test('is shown and answered on the command line; conditions read the answer', async () => {
    const runId = await probe.start(
      [
        { id: 'ok', ask: { ...question, options: ['now', 'later'] } },
        { id: 'ship', type: 'probe.noop', dependsOn: ['ok'], when: '{% $results.ok.decision = "now" %}' },
      ],
      { input: { what: 'them' } },
    );
    await probe.event('decision_requested', runId);
    const Open = z.array(z.looseObject({ task: z.string(), question: z.string(), options: z.array(z.string()) }));
    const { stdout } = await runCli(['decisions', '--run', runId, '--json']);
    expect(Open.parse(JSON.parse(stdout))).toMatchObject([
      { task: 'ok', question: 'Ship them?', options: ['now', 'later'] },
    ]);
    expect(await runCli(['decide', runId, 'ok', 'latr'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('later'),
    });
    expect(await runCli(['decide', runId, 'ok', 'later', '--as', 'bob'])).toMatchObject({ code: 0 });
    expect(taskOf(await probe.ended(runId), 'ship').status).toBe('skipped');
  });

  test('takes one answer: none of the options, a second one and a late one are refused', async () => {
    const runId = await probe.start([
      { id: 'first', ask: { question: 'Yes?' } },
      { id: 'second', ask: { question: 'And now?' }, optional: true, timeoutSeconds: 1, dependsOn: ['first'] },
      { id: 'open', waitFor: { event: 'done' } },
    ]);
    const refused = async (task: string, decision: string): Promise<void> => {
      await probe.decide(runId, task, decision);
      const isOfTask = (detail: JsonObject): boolean => detail.task_id === task && detail.decision === decision;
      expect(await probe.event('decision_refused', runId, isOfTask)).toMatchObject({ decided_by: 'ann' });
    };
    await probe.event('decision_requested', runId);
    await refused('first', 'perhaps');
    await probe.decide(runId, 'first', 'approve');
    await probe.task(runId, 'first', ({ status }) => status === 'completed');
    await refused('first', 'reject');
    const late = await probe.task(runId, 'second', ({ status }) => status === 'failed');
    expect(late.error).toMatchObject({ code: 'no_decision' });
    await refused('second', 'approve');
    expect((await probe.cloud.read(runId)).refusals).toHaveLength(3);

    await probe.cloud.publish('workflow_event', { workflow_id: runId, event: 'done' });
    const run = await probe.ended(runId);
    expect(run.status).toBe('completed');
    expect(taskOf(run, 'first').result).toMatchObject({ value: { decision: 'approve' } });
  });
});

describe('a sub-workflow', () => {
  const parent = (input: JsonObject, more: JsonObject = {}): JsonObject[] => [
    { id: 'child', workflow: { name: 'probe.child' }, input, ...more },
    { id: 'after', type: 'probe.gather', dependsOn: ['child'] },
  ];

  test('answers its parent with its result', async () => {
    const run = await probe.run(parent({ orders: { say: 'hello' } }));
    expect(run).toMatchObject({ status: 'completed', result: { child: { work: { say: 'hello' } } } });
  });

  test('fails its parent with its own reason, once it was tried as often as may be', async () => {
    const [run, again] = await Promise.all([
      probe.run(parent({ orders: { fail: { class: 'data' } } })),
      probe.run(
        parent(
          { orders: { fail: { class: 'recoverable' } } },
          { retry: { maxAttempts: 2, intervalSeconds: 0 }, fallback: { value: 'without' } },
        ),
      ),
    ]);
    expect(run).toMatchObject({ status: 'failed', failedTask: 'child', error: { code: 'ordered', class: 'data' } });
    expect(again).toMatchObject({ status: 'completed', result: { child: 'without' } });
  });

  test('is cancelled with its parent', async () => {
    const runId = await probe.start(parent({ orders: {}, wait: true }));
    const { on } = await probe.task(runId, 'child', isSuspended);
    if (on?.for !== 'run') throw new Error('the task waits for no run');
    await probe.task(on.runId, 'pause', isSuspended);
    await probe.cloud.publish('workflow_cancel_requested', { workflow_id: runId, reason: 'enough' });
    expect(await probe.ended(runId)).toMatchObject({ status: 'cancelled', reason: 'enough' });
    expect(await probe.ended(on.runId)).toMatchObject({ status: 'cancelled' });
    expect(await probe.event('workflow_cancelled', on.runId)).toMatchObject({ workflow: 'probe.child' });
  });
});
