import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../../lambdas/contracts/json.ts';
import { StartRun } from '../../../../lambdas/contracts/messages.ts';
import { createIntake } from '../../../../lambdas/platform/intake/intake.ts';
import { decodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import { checkDefinition } from '../../../../lambdas/workflow/definition.ts';
import { runIdOf } from '../../../../lambdas/workflow/run-identity.ts';
import { agent, busEvent, type FakeWorld, fakeWorld, invocation, record } from './fakes.ts';

const single = checkDefinition({ name: 'demo.single', tasks: [{ id: 'a', type: 'demo.step' }], priority: 1 });
const pair = checkDefinition({
  name: 'demo.pair',
  version: 3,
  timeoutSeconds: 90,
  input: { type: 'object', required: ['city'], properties: { city: { type: 'string' } } },
  tasks: [
    { id: 'a', type: 'demo.step' },
    { id: 'b', type: 'demo.step', dependsOn: ['a'] },
  ],
});
const world = () => fakeWorld({ agents: [agent('stepper', 'demo.step')], definitions: [single, pair] });

async function deliver({ ports }: FakeWorld, body: unknown, id = 'record-1'): Promise<readonly string[]> {
  return createIntake(ports)([record(body, { id })], invocation());
}
const request = (detail: object, overrides = {}) => busEvent('workflow_requested', detail, overrides);

async function started(of: FakeWorld): Promise<{ header: object; payload: StartRun }> {
  const body = of.seen.sent.at(-1)?.body ?? of.seen.started.at(-1)?.start_message ?? '';
  const { header, payload } = await decodeMessage(body, of.ports);
  return { header, payload: StartRun.parse(payload) };
}
async function rejection(detail: object, of = world()): Promise<Json | object | undefined> {
  expect(await deliver(of, request(detail))).toEqual([]);
  expect(of.seen.runs.size + of.seen.sent.length + of.seen.started.length + of.seen.wakes.size).toBe(0);
  expect(of.seen.events.map((event) => event.name)).toEqual(['workflow_rejected']);
  return of.seen.events[0]?.detail;
}

describe('a request', () => {
  test('of a single task goes straight to the coordinator, in the group of its run', async () => {
    const of = world();
    expect(await deliver(of, request({ workflow: 'demo.single', input: { x: 1 } }))).toEqual([]);
    const runId = runIdOf('default', 'event-1');
    expect(of.seen.started).toEqual([]);
    expect(of.seen.sent).toMatchObject([{ queue: 'coordinator.fifo', groupId: runId }]);
    expect(of.seen.sent[0]?.deduplicationId).toMatch(/^id-/);
    const { header, payload } = await started(of);
    expect(header).toMatchObject({ sender: 'intake', receiver: 'coordinator', message_type: 'start_run' });
    expect(payload).toMatchObject({
      run_id: runId,
      request: {
        request_id: 'event-1',
        tenant: 'default',
        correlation_id: 'event-1',
        requested_by: 'shop',
        priority: 1,
      },
      input: { value: { x: 1 } },
    });
  });

  test('of more tasks gets a lifecycle with the deadline of its workflow', async () => {
    const of = world();
    await deliver(of, request({ workflow: 'demo.pair', input: { city: 'Ulm' } }));
    expect(of.seen.sent).toEqual([]);
    expect(of.seen.started).toMatchObject([{ runId: runIdOf('default', 'event-1'), timeout_seconds: 90 }]);
    expect((await started(of)).payload.definition).toEqual({ value: pair });
  });

  test('leaves a run record and a wake row behind', async () => {
    const of = world();
    await deliver(of, request({ workflow: 'demo.pair', input: { city: 'Ulm' }, request_id: 'r7', tenant: 'acme' }));
    const runId = runIdOf('acme', 'r7');
    expect(of.seen.runs.get(runId)).toMatchObject({
      tenant: 'acme',
      requestId: 'r7',
      workflow: 'demo.pair',
      version: 3,
      status: 'requested',
    });
    expect(of.seen.wakes.get(runId)).toBe(of.seen.now + 60_000);
  });

  test.each([
    ['low', 1],
    ['normal', 2],
    ['medium', 2],
    ['high', 3],
    ['critical', 4],
    [4, 4],
  ])('of priority %s runs at level %s', async (priority, level) => {
    const of = world();
    await deliver(of, request({ workflow: 'demo.single', priority }));
    expect((await started(of)).payload.request.priority).toBe(level);
  });

  test('may bring a definition of its own', async () => {
    const of = world();
    const definition = { name: 'mine', tasks: [{ id: 'a', type: 'demo.step' }], lifecycle: 'step_functions' };
    await deliver(of, request({ workflow: 'mine', definition }));
    expect(of.seen.started).toHaveLength(1);
    expect((await started(of)).payload.definition).toMatchObject({ value: { name: 'mine', version: 1 } });
  });

  test('of many tasks stays small enough for Step Functions: large documents travel by reference', async () => {
    const tasks = Array.from({ length: 4_000 }, (_, index) => ({ id: `task-${index}`, type: 'demo.step' }));
    const large = checkDefinition({ name: 'demo.large', tasks });
    const of = fakeWorld({ agents: [agent('stepper', 'demo.step')], definitions: [large] });
    await deliver(of, request({ workflow: 'demo.large', input: { noise: 'x'.repeat(200_000) } }));
    expect(of.seen.started[0]?.start_message.length).toBeLessThan(10_000);
    const { payload } = await started(of);
    expect(payload.definition).toHaveProperty('ref');
    expect(payload.input).toHaveProperty('ref');
  });
});

describe('a request that can not run is rejected with field and reason, and nothing half-starts', () => {
  test('when no workflow has that name, with the nearest one', async () => {
    expect(await rejection({ workflow: 'demo.sinlge', request_id: 'r1', tenant: 'acme' })).toMatchObject({
      request_id: 'r1',
      tenant: 'acme',
      workflow: 'demo.sinlge',
      code: 'unknown_workflow',
      field: 'workflow',
      reason: expect.stringContaining('did you mean "demo.single"'),
    });
  });

  test('when the workflow has no such version', async () => {
    expect(await rejection({ workflow: 'demo.pair', version: 9 })).toMatchObject({
      code: 'unknown_version',
      reason: expect.stringContaining('latest is 3'),
    });
  });

  test('when the input does not fit the schema', async () => {
    expect(await rejection({ workflow: 'demo.pair', input: { city: 7 } })).toMatchObject({
      code: 'invalid_input',
      field: 'input.city',
    });
  });

  test('when a field has the wrong type', async () => {
    expect(await rejection({ workflow: 'demo.pair', input: 'Ulm' })).toMatchObject({
      code: 'invalid_request',
      field: 'input',
    });
    expect(await rejection({ workflow: 'demo.pair', priority: 'urgent' })).toMatchObject({ field: 'priority' });
  });

  test('when the graph has a circle, with its path', async () => {
    const tasks = ['ab', 'bc', 'ca'].map(([id, on]) => ({ id, type: 'demo.step', dependsOn: [on] }));
    expect(await rejection({ workflow: 'mine', definition: { name: 'mine', tasks } as JsonObject })).toMatchObject({
      code: 'cyclic_graph',
      field: 'definition.tasks.0.dependsOn.0',
      reason: expect.stringContaining('a → b → c → a'),
    });
  });

  test('when no agent can do a task', async () => {
    const definition = { name: 'mine', tasks: [{ id: 'a', type: 'demo.stop' }] };
    expect(await rejection({ workflow: 'mine', definition })).toMatchObject({
      code: 'unknown_task_type',
      field: 'definition.tasks.0.type',
      reason: expect.stringContaining('"demo.step"'),
    });
  });

  test('when a task wants an agent that can not do it', async () => {
    const definition = { name: 'mine', tasks: [{ id: 'a', type: 'demo.step', agent: 'nobody' }] };
    expect(await rejection({ workflow: 'mine', definition })).toMatchObject({
      code: 'unknown_agent',
      field: 'definition.tasks.0.agent',
      reason: expect.stringContaining('stepper can'),
    });
  });

  test('when an expression is refused', async () => {
    const definition = { name: 'mine', tasks: [{ id: 'a', type: 'demo.step', input: { x: '{% $eval("1") %}' } }] };
    expect(await rejection({ workflow: 'mine', definition })).toMatchObject({
      code: 'invalid_expression',
      field: 'definition.tasks.0.input.x',
    });
  });

  test('when it is for one workflow and brings the definition of another', async () => {
    const definition = { name: 'mine', tasks: [{ id: 'a', type: 'demo.step' }] };
    expect(await rejection({ workflow: 'yours', definition })).toMatchObject({ field: 'definition.name' });
  });

  test("when a stranger's schema could be made slow", async () => {
    const tasks = [{ id: 'a', type: 'demo.step' }];
    const input = { properties: { pattern: { type: 'string', pattern: '(a+)+$' } } };
    expect(await rejection({ workflow: 'mine', definition: { name: 'mine', tasks, input } })).toMatchObject({
      code: 'schema_too_costly',
      field: 'definition.input.properties.pattern.pattern',
    });
    const anyOf = Array.from({ length: 2_000 }, () => ({ type: 'string' }));
    const wide = { name: 'mine', tasks, input: { additionalProperties: { items: { anyOf } } } };
    expect(
      await rejection({ workflow: 'mine', definition: wide, input: { x: Array.from({ length: 5_000 }, () => 1) } }),
    ).toMatchObject({ code: 'schema_too_costly', field: 'definition.input' });
  });

  test('when it is too large', async () => {
    expect(await rejection({ workflow: 'demo.single', input: { x: 'x'.repeat(300_000) } })).toMatchObject({
      code: 'request_too_large',
      field: 'detail',
    });
  });

  test.each([
    ['text', 'not json'],
    ['a bare number', '7'],
    ['an event without detail', JSON.stringify(busEvent('workflow_requested', {}, { detail: null }))],
    ['an event of another kind', JSON.stringify(busEvent('workflow_started', {}))],
    [
      'a bottomless document',
      JSON.stringify(busEvent('workflow_requested', { x: 0 })).replace(
        '0}',
        `${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      ),
    ],
  ])('when it is %s', async (_, body) => {
    const of = world();
    expect(await deliver(of, body)).toEqual([]);
    expect(of.seen.events).toMatchObject([{ name: 'workflow_rejected', detail: { code: 'malformed_request' } }]);
  });

  test('and its neighbours in the batch run all the same', async () => {
    const of = world();
    const bodies = ['nonsense', JSON.stringify(request({ workflow: 'demo.single' }))];
    const again = await createIntake(of.ports)(
      bodies.map((body, index) => record(body, { id: `r${index}` })),
      invocation(),
    );
    expect(again).toEqual([]);
    expect(of.seen.sent).toHaveLength(1);
    expect(of.seen.events).toHaveLength(1);
  });
});

describe('the same request id', () => {
  const first = request({ workflow: 'demo.pair', input: { city: 'Ulm' }, request_id: 'r1' });

  test('with the same body starts nothing new once the run is under way, even after its workflow is gone', async () => {
    const of = world();
    await deliver(of, first);
    const runId = runIdOf('default', 'r1');
    const run = of.seen.runs.get(runId);
    if (run) of.seen.runs.set(runId, { ...run, status: 'completed' });
    const later = fakeWorld();
    for (const [key, value] of of.seen.runs) later.seen.runs.set(key, value);
    expect(await deliver(later, { ...first, id: 'event-2' })).toEqual([]);
    expect(later.seen.started).toEqual([]);
    expect(later.seen.events).toEqual([]);
  });

  test('with another body is refused and leaves the run alone', async () => {
    const of = world();
    await deliver(of, first);
    await deliver(of, request({ workflow: 'demo.pair', input: { city: 'Bonn' }, request_id: 'r1' }, { id: 'event-2' }));
    expect(of.seen.started).toHaveLength(1);
    expect(of.seen.events).toMatchObject([
      { name: 'workflow_rejected', detail: { request_id: 'r1', code: 'request_id_reused', field: 'request_id' } },
    ]);
  });

  test('belongs to each tenant by itself', async () => {
    const of = world();
    await deliver(of, request({ workflow: 'demo.single', request_id: 'r1', tenant: 'acme' }));
    await deliver(of, request({ workflow: 'demo.single', request_id: 'r1', tenant: 'other', input: { x: 1 } }));
    expect(of.seen.runs.size).toBe(2);
    expect(of.seen.events).toEqual([]);
  });

  test('delivered twice at once makes one run', async () => {
    const of = world();
    await createIntake(of.ports)([record(first, { id: 'r0' }), record(first, { id: 'r1' })], invocation());
    expect(of.seen.runs.size).toBe(1);
    expect(new Set(of.seen.started.map(({ runId }) => runId)).size).toBe(1);
    expect(of.seen.events).toEqual([]);
  });
});

describe('a crash of intake', () => {
  const body = request({ workflow: 'demo.pair', input: { city: 'Ulm' } });
  const runId = runIdOf('default', 'event-1');

  test('at any call, before or after it took effect, ends in one started run when the request comes back', async () => {
    const whole = world();
    await deliver(whole, body);
    const calls = whole.seen.calls.length;
    expect(calls).toBeGreaterThan(5);
    for (let call = 1; call <= calls; call++) {
      for (const when of ['before', 'after'] as const) {
        const of = world();
        of.crashAt({ call, when });
        expect(await deliver(of, body)).toEqual(['record-1']);
        // Whenever there is a run, somebody will look at it, and can start it.
        if (of.seen.runs.has(runId)) expect(of.seen.wakes.has(runId)).toBe(true);
        of.crashAt(undefined);
        expect(await deliver(of, body)).toEqual([]);
        expect(of.seen.runs.size).toBe(1);
        expect(of.seen.started.length).toBeGreaterThan(0);
        expect((await started(of)).payload).toMatchObject({ run_id: runId, input: { value: { city: 'Ulm' } } });
        expect(of.seen.events).toEqual([]);
      }
    }
  });

  test('after the run was created restarts it with the definition it was created with', async () => {
    const of = world();
    await deliver(of, body);
    const { payload } = await started(of);
    const newer = fakeWorld({ agents: [agent('stepper', 'demo.step')], definitions: [{ ...pair, version: 4 }] });
    for (const [key, value] of of.seen.runs) newer.seen.runs.set(key, value);
    for (const [key, value] of of.seen.blobs) newer.seen.blobs.set(key, value);
    await deliver(newer, body);
    expect((await started(newer)).payload).toEqual(payload);
  });

  test('while a rejection is published brings the request back', async () => {
    const of = world();
    of.crashAt({ call: 1, when: 'before' });
    expect(await deliver(of, 'nonsense')).toEqual(['record-1']);
  });

  test('over a stored start that is corrupt rejects nothing: the run exists', async () => {
    const of = world();
    await deliver(of, body);
    for (const key of of.seen.blobs.keys()) of.seen.blobs.set(key, 'corrupt');
    expect(await deliver(of, body)).toEqual(['record-1']);
    expect(of.seen.events).toEqual([]);
  });
});

describe('a cancel request', () => {
  const runId = runIdOf('default', 'event-1');
  const cancel = (id: string) =>
    busEvent('workflow_cancel_requested', { workflow_id: id, reason: 'enough' }, { id: 'c1' });

  test('reaches the coordinator in the group of the run', async () => {
    const of = world();
    await deliver(of, request({ workflow: 'demo.pair', input: { city: 'Ulm' } }));
    expect(await deliver(of, cancel(runId))).toEqual([]);
    expect(of.seen.sent).toMatchObject([{ queue: 'coordinator.fifo', groupId: runId }]);
    const { header, payload } = await decodeMessage(of.seen.sent[0]?.body ?? '', of.ports);
    expect(header).toMatchObject({ sender: 'intake', message_type: 'cancel_run' });
    expect(payload).toEqual({ run_id: runId, request_id: 'c1', reason: 'enough', requested_by: 'shop' });
  });

  test('for a run nobody knows is rejected', async () => {
    const of = world();
    await deliver(of, cancel(runId));
    expect(of.seen.events).toMatchObject([{ detail: { code: 'unknown_run', field: 'workflow_id', request_id: 'c1' } }]);
  });

  test('for a run that has ended is rejected, unless it was cancelled already', async () => {
    const of = world();
    await deliver(of, request({ workflow: 'demo.pair', input: { city: 'Ulm' } }));
    await of.ports.runs.setStatus(runId, 'cancelled', 1);
    await deliver(of, cancel(runId));
    expect(of.seen.events).toEqual([]);
    await of.ports.runs.setStatus(runId, 'completed', 1);
    await deliver(of, cancel(runId));
    expect(of.seen.events).toMatchObject([{ detail: { code: 'run_ended' } }]);
    expect(of.seen.sent).toEqual([]);
  });
});
