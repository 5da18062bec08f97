import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { runIdOf } from '../../lambdas/workflow/run-identity.ts';
import { muster, musterJson, refusedBy } from '../support/local-cloud/muster.ts';
import { subscribe } from '../support/local-cloud/topic-tap.ts';
import { attemptsOf, ProbeRuns, taskOf } from '../support/probe/probe-runs.ts';

let probe: ProbeRuns;
let topic: Awaited<ReturnType<typeof subscribe>>;

beforeAll(async () => {
  probe = await ProbeRuns.listeningTo(
    ...['decision_requested', 'decision_refused', 'workflow_paused', 'workflow_resumed', 'workflow_rejected'],
  );
  topic = await subscribe(probe.cloud.session.aws.sqs, probe.cloud.endpoint, probe.cloud.output('PeopleTopicArn'));
});
afterAll(async () => {
  await topic?.close();
  await probe?.close();
});

const told = (
  runId: string,
  name: string,
  isMeant: (detail: JsonObject) => boolean = () => true,
): Promise<JsonObject> =>
  probe.cloud.eventually(async () => {
    const told = (await topic.read()).filter((event) => event.name === name && event.detail.workflow_id === runId);
    return told.find(({ detail }) => isMeant(detail))?.detail;
  });
/** An answer to a run that has ended reaches nobody, and says so. */
async function tooLate(runId: string, task: string, more: JsonObject = {}): Promise<void> {
  await probe.decide(runId, task, 'reject', more);
  const rejected = await probe.cloud.eventually(async () =>
    (await probe.all('workflow_rejected')).find(({ reason }) => String(reason).includes(runId)),
  );
  expect(rejected).toMatchObject({ code: 'run_ended', field: 'workflow_id' });
}

describe('a question that nobody answers', () => {
  test('is asked again, and of a second person; silence is never a yes', async () => {
    const ask = {
      question: 'Go on?',
      to: 'the desk',
      ...{ remindAfterSeconds: [1], second: { to: 'the boss', afterSeconds: 2 } },
    };
    const run = await probe.run([
      { id: 'ask', ask, timeoutSeconds: 4 },
      { id: 'next', type: 'probe.noop', dependsOn: ['ask'] },
    ]);
    expect(run).toMatchObject({ status: 'failed', failedTask: 'ask', error: { code: 'no_decision' } });
    expect(taskOf(run, 'next').attempts).toEqual([]);
    const asked = await probe.heard('decision_requested', run.runId);
    expect(asked.map(({ reminder = 0, to }) => [reminder, to])).toEqual([
      [0, 'the desk'],
      [1, 'the desk'],
      [2, 'the boss'],
    ]);
    expect(
      new Set(asked.map(({ decision_id, digest, expires_at }) => [decision_id, digest, expires_at].join())).size,
    ).toBe(1);
    const second = await told(run.runId, 'decision_requested', ({ to }) => to === 'the boss');
    expect(second).toMatchObject({ question: 'Go on?', reminder: 2 });
    await tooLate(run.runId, 'ask');
    expect(await probe.cloud.read(run.runId)).toMatchObject({ status: 'failed', error: { code: 'no_decision' } });
  });
});

describe('an approval', () => {
  const tasks: JsonObject[] = [
    { id: 'plan', type: 'probe.echo', input: { pay: 7 } },
    { id: 'ok', ask: { question: 'Pay?', shows: '{% $results.plan %}' }, dependsOn: ['plan'] },
    { id: 'open', waitFor: { event: 'done' } },
  ];
  const Open = z.array(z.looseObject({ task: z.string(), digest: z.string() }));

  test('counts only for exactly what was shown, once, and while the question is open', async () => {
    const runId = await probe.start(tasks);
    const { digest, shows } = await probe.event('decision_requested', runId);
    expect(shows).toEqual({ pay: 7 });
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    const refusal = async (more: JsonObject): Promise<unknown> => {
      const before = (await probe.heard('decision_refused', runId)).length;
      await probe.decide(runId, 'ok', 'approve', more);
      const refusals = await probe.cloud.eventually(async () => {
        const all = await probe.heard('decision_refused', runId);
        return all.length > before && all;
      });
      return refusals.at(-1)?.reason;
    };
    expect(await refusal({})).toContain('this needs the digest that came with the question');
    expect(await refusal({ digest: 'f'.repeat(64) })).toContain('something else was decided about');
    expect(await muster('status', runId)).toMatch(/refused: decision_refused: .*\n.*something else was decided/);
    expect(await musterJson(Open, 'decisions', '--run', runId)).toMatchObject([{ task: 'ok', digest }]);

    const said = await muster('decide', runId, 'ok', 'approve', '--as', 'kim');
    expect(said).toMatch(/you decide about: \{\s+"pay": 7\s+\}\n.*kim decided approve: task ok is completed/);
    expect(await refusal({ digest: digest ?? '' })).toContain('it is completed');
    expect(await refusedBy('decide', runId, 'ok', 'reject')).toContain('task "ok" asks nothing; it is completed');

    await probe.cloud.publish('workflow_event', { workflow_id: runId, event: 'done' });
    const run = await probe.ended(runId);
    expect(taskOf(run, 'ok').result).toMatchObject({ value: { decision: 'approve', decided_by: 'kim' } });
    await tooLate(runId, 'ok', { digest: digest ?? '' });
    expect(await probe.cloud.read(runId)).toMatchObject({ status: 'completed', tasks: run.tasks });
  });

  test('is not for whoever asked for the run', async () => {
    const requestId = randomUUID();
    const definition = { name: 'probe.test', lifecycle: 'queue', tasks: [{ id: 'ok', ask: { question: 'Pay me?' } }] };
    await probe.cloud.publish('workflow_requested', {
      ...{ workflow: 'probe.test', request_id: requestId, definition, requested_by: 'ann' },
    });
    const runId = runIdOf('default', requestId);
    await probe.event('decision_requested', runId);
    const reason = 'whoever asked for the run may not decide it';
    expect(await refusedBy('decide', runId, 'ok', 'approve', '--as', 'ann')).toContain(reason);
    expect(await probe.event('decision_refused', runId)).toMatchObject({ reason, decided_by: 'ann' });
    expect((await probe.cloud.read(runId)).status).toBe('running');
    await muster('decide', runId, 'ok', 'reject', '--as', 'kim');
    expect((await probe.ended(runId)).result).toMatchObject({ decision: 'reject', decided_by: 'kim' });
  });
});

test('A run that has used up its retries pauses, says so at once, and goes on when somebody resumes it', async () => {
  const input = { fail: { class: 'recoverable', attempts: 2 }, say: 'mended' };
  const runId = await probe.start([
    { id: 'a', type: 'probe.shared', input, retry: { maxAttempts: 2, intervalSeconds: 0 } },
    { id: 'b', type: 'probe.noop' },
  ]);
  const paused = await probe.event('workflow_paused', runId);
  expect(paused).toMatchObject({ task_id: 'a', error: { code: 'ordered', class: 'recoverable' } });
  expect(paused).not.toHaveProperty('paused_by');
  expect(await told(runId, 'workflow_paused')).toMatchObject({ task_id: 'a', error: { code: 'ordered' } });
  expect(await told(runId, 'decision_requested')).toMatchObject({
    options: expect.arrayContaining(['retry', 'skip']),
  });
  expect(await muster('status', runId)).toMatch(/paused/);
  expect(await muster('resume', runId, '--as', 'kim')).toContain('goes on');
  const run = await probe.ended(runId);
  expect(run).toMatchObject({ status: 'completed', result: { a: { attempt: 3, say: 'mended' } } });
  expect(attemptsOf(run, 'a').map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'completed']);
  expect(await probe.event('workflow_resumed', runId)).toMatchObject({ resumed_by: 'kim' });
});
