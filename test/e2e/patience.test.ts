import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AGEING_SECONDS } from '../../lambdas/contracts/flow-control.ts';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { runCli } from '../support/local-cloud/run-cli.ts';
import { attemptsOf, type EndedRun, ProbeRuns, taskOf } from '../support/probe/probe-runs.ts';
import { type GatedWorkflow, QueuedRuns } from '../support/probe/queued-runs.ts';

let probe: ProbeRuns;
let queued: QueuedRuns;
let killed: Promise<{ run: EndedRun; lastSignAt: number }>;
let aged: { readonly flow: GatedWorkflow; readonly holder: string; readonly low: string; readonly since: number };

/** What needs a minute begins first, and goes on while the rest is tested. */
beforeAll(async () => {
  probe = await ProbeRuns.listeningTo(
    ...['decision_requested', 'message_parked', 'channel.probe.payment', 'task_heartbeat', 'task_progress'],
    ...['workflow_completed', 'workflow_failed'],
  );
  killed = killAgentAtWork();
  killed.catch(() => {}); // its test will say so
  queued = await QueuedRuns.open();
  const flow = queued.gated({ limits: [{ concurrency: 1 }] });
  const holder = await queued.isIn(await flow.ask({ wait: true }));
  const low = await flow.ask({}, { priority: 'low' });
  const { lines } = await queued.untilWaiting(flow.name, 1);
  aged = { flow, holder, low, since: Math.max(...lines.map(({ since }) => since)) };
});
afterAll(async () => {
  await queued?.probe.close();
  await probe?.close();
});

/** Long work in one process, which is killed after its first sign of life. */
async function killAgentAtWork(): Promise<{ run: EndedRun; lastSignAt: number }> {
  const input = { work: { ms: 100_000, attempts: 1 } };
  const runId = await probe.start([{ id: 'long', type: 'probe.shared', input, timeoutSeconds: 110 }]);
  const { current_step } = await probe.event('task_progress', runId);
  const isOfRun = ({ tasks }: JsonObject): boolean => JSON.stringify(tasks).includes(runId);
  const beats = async (): Promise<JsonObject[]> => (await probe.all('task_heartbeat')).filter(isOfRun);
  await probe.cloud.eventually(async () => (await beats()).length > 0);
  process.kill(Number(/process (\d+)/.exec(String(current_step))?.[1]), 'SIGKILL');
  const run = await probe.ended(runId);
  return { run, lastSignAt: Math.max(...(await beats()).map(({ at }) => Date.parse(String(at)))) };
}

/** A task whose agent dies without a word at so many attempts. */
const dying = (attempts: number, more: JsonObject = {}): JsonObject[] => [
  { id: 'a', type: 'probe.shared', input: { crash: { attempts } }, timeoutSeconds: 3, ...more },
];
const ONCE = { retry: { maxAttempts: 1 } };

describe('an agent that dies without a word', () => {
  test('gets the task again, then a backup does; then a person is asked, who may have it tried anew', async () => {
    const runId = await probe.start(dying(3));
    const request = await probe.event('decision_requested', runId);
    expect(request).toMatchObject({
      task_id: 'a',
      options: ['retry', 'skip', 'complete', 'fail'],
      error: { code: 'task_timeout' },
    });
    const [first, second, third, ...others] = attemptsOf(await probe.cloud.read(runId), 'a');
    expect([first, second, third].map((attempt) => attempt?.outcome)).toEqual(['silent', 'silent', 'silent']);
    expect(second?.agent).toBe(first?.agent);
    expect(third?.agent).not.toBe(first?.agent);
    expect(others).toEqual([]);

    const parked = await runCli(['parked', '--json']);
    expect(parked.stdout).toContain(runId);
    const open = await runCli(['decisions', '--run', runId]);
    expect(open.stdout).toContain('task_timeout');
    const decided = await runCli(['decide', runId, 'a', 'retry', '--comment', 'the crash is mended', '--as', 'ann']);
    expect(decided).toMatchObject({ code: 0, stdout: expect.stringContaining('ann decided retry') });
    const run = await probe.ended(runId);
    expect(run).toMatchObject({ status: 'completed', result: { attempt: 4 } });
    expect(taskOf(run, 'a').turns.map(({ what }) => what)).toContainEqual(
      expect.stringContaining('the crash is mended'),
    );
  });

  test('is answered for by a person on the bus, and the result says so', async () => {
    const runId = await probe.start(dying(9, ONCE));
    await probe.event('decision_requested', runId);
    await probe.decide(runId, 'a', 'complete', { value: { by: 'hand' } });
    expect(await probe.ended(runId)).toMatchObject({ status: 'completed', result: { by: 'hand' } });
    expect(await probe.event('workflow_completed', runId)).toMatchObject({
      degraded: [{ task_id: 'a', how: 'person', error: { code: 'task_timeout' } }],
    });
  });

  test('fails the run where the definition asks nobody', async () => {
    const run = await probe.run(dying(9, { ...ONCE, escalate: 'fail' }));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'task_timeout' }, failedTask: 'a' });
  });
});

describe('work with outside effects', () => {
  const paying = (crash: 'before' | 'after'): JsonObject[] => [
    { id: 'pay', type: 'probe.pay', input: { amount: 7, crash }, timeoutSeconds: 4 },
  ];
  const payments = (runId: string) => probe.heard('channel.probe.payment', runId);

  test('is never repeated blindly: the person who looked says that it took place, and it has done so once', async () => {
    const runId = await probe.start(paying('after'));
    expect(await probe.event('decision_requested', runId)).toMatchObject({
      task_id: 'pay',
      error: { code: 'unknown_outcome' },
    });
    await runCli(['decide', runId, 'pay', 'complete', '--value', '{ "paid": 7 }']);
    const run = await probe.ended(runId);
    expect(run).toMatchObject({ status: 'completed', result: { paid: 7 } });
    expect(attemptsOf(run, 'pay')).toEqual([{ agent: 'probe-payer', outcome: 'silent' }]);
    expect(await payments(runId)).toHaveLength(1);
  });

  test('that did not take place is done once a person has said so', async () => {
    const runId = await probe.start(paying('before'));
    await probe.event('decision_requested', runId);
    expect(await payments(runId)).toEqual([]);
    await probe.decide(runId, 'pay', 'retry');
    expect(await probe.ended(runId)).toMatchObject({ status: 'completed', result: { paid: 7, attempt: 2 } });
    await probe.event('channel.probe.payment', runId);
    expect(await payments(runId)).toHaveLength(1);
  });
});

test('a task whose agent is killed at work is under way elsewhere within a minute', async () => {
  const { run, lastSignAt } = await killed;
  expect(run).toMatchObject({ status: 'completed', result: { attempt: 2 } });
  const [first, second] = taskOf(run, 'long').attempts;
  expect(first).toMatchObject({ outcome: 'silent', error: { code: 'agent_silent' } });
  expect((second?.endedAt ?? Number.POSITIVE_INFINITY) - lastSignAt).toBeLessThan(60_000);
});

test('a run of low priority that has waited for a minute is not overtaken any more', async () => {
  const { flow, holder, low, since } = aged;
  await sleep(Math.max(0, since + AGEING_SECONDS * 1_000 + 1_000 - Date.now()));
  const normal = await flow.ask();
  await queued.untilWaiting(flow.name, 2);
  await queued.go(holder);
  expect(await queued.inOrder({ low, normal })).toEqual(['low', 'normal']);
});
