import { randomUUID } from 'node:crypto';
import { ListQueuesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../lambdas/contracts/json.ts';
import type { BusTap } from '../support/local-cloud/bus-tap.ts';
import { runCli } from '../support/local-cloud/run-cli.ts';
import { TestCloud } from '../support/local-cloud/test-cloud.ts';

let cloud: TestCloud;
let tap: BusTap;

beforeAll(async () => {
  cloud = await TestCloud.connect();
  tap = await cloud.tap(
    'workflow_started',
    'workflow_failed',
    'workflow_rejected',
    'workflow_cancelled',
    'agent_failure',
    'message_parked',
    'security_noticed',
  );
});
afterAll(() => cloud?.close());

const send = (QueueUrl: string, MessageBody: string) =>
  cloud.session.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

const definition = (...tasks: JsonObject[]): JsonObject => ({ name: 'probe.test', tasks });

/** Runs an ad-hoc definition to its end. */
async function run(...tasks: JsonObject[]) {
  const runId = await cloud.request('probe.test', { requestId: randomUUID(), definition: definition(...tasks) });
  return { runId, ...(await cloud.ended(runId)) };
}

/** The event of this name about a run or a request. */
async function event(name: string, about: string): Promise<JsonObject> {
  return cloud.eventually(async () => {
    const events = await tap.read();
    const found = events.find(
      ({ name: other, detail }) => other === name && (detail.workflow_id === about || detail.request_id === about),
    );
    return found ? { ...found.detail } : undefined;
  });
}

describe('an agent', () => {
  test('that fails twice and then works completes its task at the third attempt', async () => {
    const view = await run(
      { id: 'a', type: 'probe.flaky', input: { failures: 2 } },
      { id: 'b', type: 'probe.gather', dependsOn: ['a'] },
    );
    expect(view).toMatchObject({ status: 'completed' });
    expect(view.tasks[0]).toMatchObject({ status: 'completed', attempt: 3 });
    expect(await cloud.result(view)).toEqual({ a: 3 });
    const failures = (await tap.read()).filter(
      ({ name, detail }) => name === 'agent_failure' && detail.workflow_id === view.runId,
    );
    expect(failures.map(({ detail }) => [detail.attempt, detail.will_retry])).toEqual([
      [1, true],
      [2, true],
    ]);
  });

  test('that never works fails the run, and the event says which task and why', async () => {
    const view = await run({ id: 'a', type: 'probe.broken' }, { id: 'b', type: 'probe.noop', dependsOn: ['a'] });
    expect(view).toMatchObject({ status: 'failed' });
    expect(await event('workflow_failed', view.runId)).toMatchObject({
      task_id: 'a',
      error: { code: 'broken', class: 'non_recoverable', message: 'this never works' },
    });
  });

  test('that does not answer in time is given up on', async () => {
    const view = await run({
      id: 'a',
      type: 'probe.slow',
      input: { ms: 8_000 },
      timeoutSeconds: 1,
      retry: { maxAttempts: 1 },
      escalate: 'fail',
    });
    expect(view).toMatchObject({ status: 'failed', error: { class: 'recoverable' } });
  });

  test('may add tasks to its run', async () => {
    const tasks = [
      { id: 'x', type: 'probe.echo', input: { from: 'x' } },
      { id: 'y', type: 'probe.gather', dependsOn: ['x'] },
    ];
    const view = await run({ id: 'a', type: 'probe.decompose', input: { tasks } });
    expect(await cloud.result(view)).toMatchObject({ y: { x: { from: 'x' } } });
  });

  test('gets its input from expressions over the run and what it depends on', async () => {
    const view = await run(
      { id: 'a', type: 'probe.echo', input: { rows: [1, 2, 3] } },
      { id: 'b', type: 'probe.echo', dependsOn: ['a'], input: { total: '{% $sum($results.a.rows) %}' } },
    );
    expect(await cloud.result(view)).toEqual({ total: 6 });
  });
});

test('a message that nobody has signed is dropped by an agent and told; nothing is parked, and the inbox goes on', async () => {
  const before = (await runCli(['parked', '--json'])).stdout;
  await send(cloud.output('ProbeWorkerStandardUrl'), `poison ${randomUUID()}`);
  const told = await cloud.eventually(async () =>
    (await tap.read()).find(({ name, detail }) => name === 'security_noticed' && detail.noticed_by === 'probe-worker'),
  );
  expect(told.detail).toMatchObject({ kind: 'message_signature_refused', code: 'signature_missing' });
  expect(await run({ id: 'a', type: 'probe.noop' })).toMatchObject({ status: 'completed' });
  expect((await runCli(['parked', '--json'])).stdout).toBe(before);
});

test('a poison message that its queue gave up on lands in repair with its reason', async () => {
  const { QueueUrls = [] } = await cloud.session.aws.sqs.send(new ListQueuesCommand({}));
  const deadLetters = QueueUrls.find((url) => /ProbeWorker.*DeadLetters/.test(url)) ?? '';
  await send(deadLetters, `poison ${randomUUID()}`);
  const parked = await cloud.eventually(async () => {
    const events = await tap.read();
    return events.find(({ name }) => name === 'message_parked');
  });
  expect(parked.detail).toMatchObject({ reason: expect.stringContaining('not signed') });
  const listed = await runCli(['parked', '--json']);
  expect(listed.stdout).toContain(String(parked.detail.parked_id));
});

describe('a request', () => {
  test('that comes twice starts one run', async () => {
    const requestId = randomUUID();
    const ask = () =>
      cloud.request('probe.test', {
        requestId,
        definition: definition({ id: 'a', type: 'probe.noop' }, { id: 'b', type: 'probe.noop' }),
      });
    const [runId] = await Promise.all([ask(), ask()]);
    expect(await cloud.ended(runId)).toMatchObject({ status: 'completed' });
    await ask();
    const view = await cloud.read(runId);
    expect(view.tasks.map(({ attempt }) => attempt)).toEqual([1, 1]);
    const started = (await tap.read()).filter(
      ({ name, detail }) => name === 'workflow_started' && detail.workflow_id === runId,
    );
    expect(started).toHaveLength(1);
  });

  test('under a used id with another body is rejected, and the first run is untouched', async () => {
    const requestId = randomUUID();
    const runId = await cloud.request('probe.test', {
      requestId,
      definition: definition({ id: 'a', type: 'probe.noop' }),
    });
    await cloud.ended(runId);
    await cloud.request('probe.test', { requestId, definition: definition({ id: 'other', type: 'probe.noop' }) });
    expect(await event('workflow_rejected', requestId)).toMatchObject({ code: 'request_id_reused' });
    expect((await cloud.read(runId)).tasks.map(({ id }) => id)).toEqual(['a']);
  });

  test('to cancel stops a run', async () => {
    const runId = await cloud.request('probe.test', {
      requestId: randomUUID(),
      definition: definition(
        { id: 'a', type: 'probe.slow', input: { ms: 5_000 } },
        { id: 'b', type: 'probe.noop', dependsOn: ['a'] },
      ),
    });
    await event('workflow_started', runId);
    await cloud.publish('workflow_cancel_requested', { workflow_id: runId, reason: 'no longer needed' });
    expect(await event('workflow_cancelled', runId)).toMatchObject({ reason: 'no longer needed' });
    expect(await cloud.read(runId)).toMatchObject({ status: 'cancelled' });
  });

  const noop = (id: string, ...dependsOn: string[]): JsonObject => ({ id, type: 'probe.noop', dependsOn });
  test.each<[fault: string, request: JsonObject, answer: { code: string; field: unknown; reason?: unknown }]>([
    [
      'for an unknown workflow',
      { workflow: 'etl.flight-cart' },
      { code: 'unknown_workflow', field: 'workflow', reason: expect.stringContaining('etl.flight-mart') },
    ],
    [
      'with invalid input',
      { workflow: 'etl.flight-mart', input: { sources: { flights: { kind: 'telepathy' } } } },
      { code: 'invalid_input', field: expect.stringContaining('input.sources.flights') },
    ],
    [
      'with a circle in its graph',
      { workflow: 'probe.test', definition: definition(noop('a', 'c'), noop('b', 'a'), noop('c', 'b')) },
      { code: 'cyclic_graph', field: expect.stringContaining('tasks'), reason: expect.stringMatching(/ → /) },
    ],
    [
      'with a dependency that is not there',
      { workflow: 'probe.test', definition: definition(noop('a', 'nobody')) },
      { code: 'unknown_dependency', field: 'definition.tasks.0.dependsOn.0' },
    ],
    [
      'with a task type that nobody can do',
      { workflow: 'probe.test', definition: definition({ id: 'a', type: 'probe.nop' }) },
      { code: 'unknown_task_type', field: 'definition.tasks.0.type', reason: expect.stringContaining('probe.noop') },
    ],
    ['of wrong types', { workflow: 7, input: [] }, { code: 'invalid_request', field: expect.anything() }],
    [
      'with too large a detail',
      { workflow: 'etl.flight-mart', input: { filler: 'x'.repeat(300_000) } },
      { code: 'request_too_large', field: expect.anything() },
    ],
  ])('%s is rejected on the bus with the field and the reason', async (_, request, answer) => {
    const requestId = randomUUID();
    await cloud.publish('workflow_requested', { ...request, request_id: requestId });
    expect(await event('workflow_rejected', requestId)).toMatchObject(answer);
  });
});
