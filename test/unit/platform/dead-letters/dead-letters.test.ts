import { describe, expect, test } from '@jest/globals';
import { createDeadLetters } from '../../../../lambdas/platform/dead-letters/dead-letters.ts';
import { decodeMessage, encodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import type { QueueRecord } from '../../../../lambdas/runtime/queue-record.ts';
import { busEvent, type FakeWorld, fakeWorld, invocation, record } from '../intake/fakes.ts';

const runId = `run_${'a'.repeat(40)}`;
const flowId = `flow_${'b'.repeat(40)}`;
const arn = (queue: string) => `arn:aws:sqs:us-east-1:000000000000:${queue}`;

function message(type: string, payload: object, header: object = {}) {
  return {
    header: {
      message_id: 'm1',
      correlation_id: 'c1',
      timestamp: '2026-11-21T11:00:00.000Z',
      sender: 'coordinator',
      receiver: 'etl-loader',
      message_type: type,
      priority: 2,
      ttl: 300,
      tenant: 'acme',
      ...header,
    },
    payload,
  };
}

const assignment = message(
  'task_assignment',
  {
    run_id: runId,
    task: { task_id: 'load', task_type: 'etl.load', description: '', inputs: {}, priority: 2, deadline: 1 },
  },
  { attempt: 2, not_after: 99 },
);

const taskOf = ({ payload }: { payload: object }) => (payload as { task: object }).task;

async function deliver(of: FakeWorld, body: unknown, overrides: Partial<QueueRecord> = {}): Promise<readonly string[]> {
  return createDeadLetters(of.ports)([record(body, { queueArn: arn('loader-dlq'), ...overrides })], invocation());
}

async function told(of: FakeWorld) {
  return Promise.all(of.seen.sent.map(({ body }) => decodeMessage(body, of.ports)));
}

describe('a task that its inbox gave up on', () => {
  test('is parked whole, the coordinator hears which attempt died, and the bus hears of it', async () => {
    const of = fakeWorld();
    expect(await deliver(of, assignment)).toEqual([]);
    expect([...of.seen.parked.values()]).toMatchObject([
      { queue: 'loader-dlq', tenant: 'acme', messageId: 'm1', messageType: 'task_assignment', runId, taskId: 'load' },
    ]);
    expect([...of.seen.parked.values()][0]?.body).toBe(JSON.stringify(assignment));
    expect(of.seen.sent).toMatchObject([{ queue: 'coordinator.fifo', groupId: runId }]);
    expect(await told(of)).toMatchObject([
      {
        header: { message_type: 'task_parked', sender: 'dead-letters', tenant: 'acme', correlation_id: 'c1' },
        payload: { run_id: runId, task_id: 'load', attempt: 2, agent: 'etl-loader' },
      },
    ]);
    expect(of.seen.events).toMatchObject([
      {
        name: 'message_parked',
        source: 'muster.platform',
        detail: { queue: 'loader-dlq', message_type: 'task_assignment' },
      },
    ]);
  });

  test('in a message with others is parked with them, and each is said to have shared it', async () => {
    const of = fakeWorld();
    const other = {
      ...assignment,
      payload: { ...assignment.payload, task: { ...taskOf(assignment), task_id: 'other' } },
    };
    await deliver(of, `{"pack":[${JSON.stringify(assignment)},${JSON.stringify(other)}]}`);
    expect([...of.seen.parked.values()]).toMatchObject([{ messageType: 'task_assignment', runId }]);
    expect(await told(of)).toMatchObject([
      { payload: { task_id: 'load', attempt: 2, shared: true } },
      { payload: { task_id: 'other', attempt: 2, shared: true } },
    ]);
  });

  test('is understood by claim check as well', async () => {
    const of = fakeWorld();
    const { task, ...rest } = assignment.payload as { task: object };
    const noise = Array.from({ length: 20_000 }, (_, index) => Math.sin(index));
    const body = await encodeMessage({ ...large(rest, task, noise) }, of.ports);
    expect(body).toContain('"claim"');
    await deliver(of, body);
    expect(await told(of)).toMatchObject([{ payload: { task_id: 'load', attempt: 2 } }]);
  });

  test('whose body is gone is parked by its header, and nothing is told that is not known', async () => {
    const of = fakeWorld();
    const body = JSON.stringify({
      header: assignment.header,
      claim: { key: 'acme/x', bytes: 1, sha256: 'a'.repeat(64) },
    });
    expect(await deliver(of, body)).toEqual([]);
    expect([...of.seen.parked.values()]).toMatchObject([{ messageType: 'task_assignment', reason: 'no blob acme/x' }]);
    expect(of.seen.sent).toEqual([]);
  });

  test('without its attempt number wakes the run instead', async () => {
    const of = fakeWorld();
    await deliver(of, { ...assignment, header: { ...assignment.header, attempt: undefined } });
    expect(await told(of)).toMatchObject([{ header: { message_type: 'wake_run' }, payload: { run_id: runId } }]);
  });
});

function large(rest: object, task: object, noise: number[]) {
  const { header } = assignment;
  return {
    header: { ...header, priority: 2 as const, schema_version: 1 as const },
    payload: { ...rest, task: { ...task, inputs: noise } },
  };
}

describe('a message to the coordinator that was given up on', () => {
  test('is parked, and its run is woken to repeat what it owes', async () => {
    const of = fakeWorld();
    await deliver(of, message('status_update', { run_id: runId, agent: 'x', updates: [] }));
    expect(of.seen.parked.size).toBe(1);
    expect(await told(of)).toMatchObject([{ header: { message_type: 'wake_run' }, payload: { run_id: runId } }]);
  });

  test('is traced to its run by its group when it can not be read', async () => {
    const of = fakeWorld();
    await deliver(of, 'nonsense', { groupId: runId });
    expect([...of.seen.parked.values()]).toMatchObject([{ messageType: 'unknown', runId }]);
    expect(await told(of)).toMatchObject([{ payload: { run_id: runId } }]);
  });

  test('is opened when the lifecycle has wrapped it', async () => {
    const of = fakeWorld();
    const start_message = JSON.stringify(message('start_run', { run_id: runId }));
    await deliver(of, { start_message, task_token: 'token' });
    expect([...of.seen.parked.values()]).toMatchObject([{ messageType: 'start_run', runId, tenant: 'acme' }]);
  });

  test('and was a wake-up is parked without waking: the sweeper does that, and nothing goes in circles', async () => {
    const of = fakeWorld();
    await deliver(of, message('wake_run', { run_id: runId }));
    expect(of.seen.parked.size).toBe(1);
    expect(of.seen.sent).toEqual([]);
  });
});

describe('a message to a flow that was given up on', () => {
  test('is parked, and the flow is woken as well as the run that asked', async () => {
    const of = fakeWorld();
    await deliver(of, message('ask_flow', { run_id: runId, asked: 1 }), { groupId: flowId });
    expect([...of.seen.parked.values()]).toMatchObject([{ messageType: 'ask_flow', runId, flowId }]);
    expect(of.seen.sent).toMatchObject([
      { queue: 'coordinator.fifo', groupId: flowId },
      { queue: 'coordinator.fifo', groupId: runId },
    ]);
    expect(await told(of)).toMatchObject([
      { header: { message_type: 'wake_flow', sender: 'dead-letters' }, payload: { flow_id: flowId } },
      { header: { message_type: 'wake_run' }, payload: { run_id: runId } },
    ]);
  });

  test('is traced to its flow by what it says when it has no group, as timers have none', async () => {
    const of = fakeWorld();
    await deliver(of, message('wake_flow', { flow_id: flowId, due: 1 }));
    expect([...of.seen.parked.values()]).toMatchObject([{ messageType: 'wake_flow', flowId }]);
    expect(of.seen.sent).toEqual([]);
  });

  test('is traced to its flow by its group when it can not be read', async () => {
    const of = fakeWorld();
    await deliver(of, 'nonsense', { groupId: flowId });
    expect(of.seen.sent).toMatchObject([{ groupId: flowId }]);
    expect(await told(of)).toMatchObject([{ header: { message_type: 'wake_flow' }, payload: { flow_id: flowId } }]);
  });

  test('and was a wake-up is parked without waking', async () => {
    const of = fakeWorld();
    await deliver(of, message('wake_flow', { flow_id: flowId }), { groupId: flowId });
    expect([...of.seen.parked.values()]).toMatchObject([{ messageType: 'wake_flow', flowId }]);
    expect(of.seen.sent).toEqual([]);
  });
});

describe('whatever lies in a dead-letter queue', () => {
  test.each([
    ['nonsense', 'nonsense'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[1,2]'],
    ['a header of the wrong kind', '{"header":{"message_id":7}}'],
    ['bytes that are no text', '\u0000\ufffd\ud800'],
    ['a zip bomb that is none', JSON.stringify({ header: assignment.header, compressed: 'AAAA' })],
    [
      "another tenant's claim",
      JSON.stringify({ header: assignment.header, claim: { key: 'other/x', bytes: 1, sha256: 'a'.repeat(64) } }),
    ],
  ])('is parked and acknowledged: %s', async (_, body) => {
    const of = fakeWorld();
    expect(await deliver(of, body)).toEqual([]);
    expect([...of.seen.parked.values()]).toMatchObject([{ body, reason: expect.stringMatching(/./) }]);
    expect(of.seen.events).toHaveLength(1);
  });

  test('as an event of the bus is parked under its own id and type, so that its sender can find it', async () => {
    const of = fakeWorld();
    await deliver(of, busEvent('workflow_requested', { workflow: 'demo', tenant: 'acme' }), {
      queueArn: arn('intake-dlq'),
    });
    expect(of.seen.events).toMatchObject([
      { detail: { queue: 'intake-dlq', message_id: 'event-1', message_type: 'workflow_requested' } },
    ]);
    expect([...of.seen.parked.values()]).toMatchObject([{ tenant: 'acme' }]);
  });

  test('is parked once, though it is delivered twice', async () => {
    const of = fakeWorld();
    await deliver(of, assignment);
    await deliver(of, assignment, { receiveCount: 2 });
    expect(of.seen.parked.size).toBe(1);
    await deliver(of, assignment, { id: 'another' });
    await deliver(of, assignment, { queueArn: arn('other-dlq') });
    expect(of.seen.parked.size).toBe(3);
  });

  test('stays there until it is parked and everybody has been told, wherever a crash falls', async () => {
    const whole = fakeWorld();
    await deliver(whole, assignment);
    for (let call = 1; call <= whole.seen.calls.length; call++) {
      for (const when of ['before', 'after'] as const) {
        const of = fakeWorld();
        of.crashAt({ call, when });
        expect(await deliver(of, assignment)).toEqual(['record-1']);
        of.crashAt(undefined);
        expect(await deliver(of, assignment)).toEqual([]);
        expect(of.seen.parked.size).toBe(1);
        expect(of.seen.sent.length).toBeGreaterThan(0);
        expect(of.seen.events.length).toBeGreaterThan(0);
      }
    }
  });

  test('waits while the blob store can not be reached', async () => {
    const of = fakeWorld();
    const body = JSON.stringify({
      header: assignment.header,
      claim: { key: 'acme/x', bytes: 1, sha256: 'a'.repeat(64) },
    });
    of.crashAt({ call: 1, when: 'before' });
    expect(await deliver(of, body)).toEqual(['record-1']);
    expect(of.seen.parked.size).toBe(0);
  });
});
