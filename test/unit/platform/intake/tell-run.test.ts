import { describe, expect, test } from '@jest/globals';
import { DecideTask, DeliverEvent } from '../../../../lambdas/contracts/messages.ts';
import { createIntake } from '../../../../lambdas/platform/intake/intake.ts';
import { decodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import type { RunRecord } from '../../../../lambdas/runtime/ports.ts';
import { runIdOf } from '../../../../lambdas/workflow/run-identity.ts';
import { busEvent, type FakeWorld, fakeWorld, invocation, record } from './fakes.ts';

const RUN = runIdOf('acme', 'order-7');

function worldWith(overrides: Partial<RunRecord> = {}): FakeWorld {
  const of = fakeWorld();
  of.seen.runs.set(RUN, {
    runId: RUN,
    tenant: 'acme',
    requestId: 'order-7',
    correlationId: 'correlation-7',
    workflow: 'shop.order',
    version: 1,
    requestDigest: 'digest',
    status: 'running',
    requestedAt: of.seen.now,
    ...overrides,
  });
  return of;
}

const deliver = ({ ports }: FakeWorld, body: unknown) => createIntake(ports)([record(body)], invocation());
const said = (detail: object, id = 'event-1') => busEvent('workflow_event', { event: 'payment', ...detail }, { id });
const decided = (detail: object = {}) =>
  busEvent('decision_made', {
    workflow_id: RUN,
    task_id: 'check',
    decision: 'approve',
    decided_by: 'ada',
    ...detail,
  });

async function sent(of: FakeWorld) {
  expect(of.seen.events).toEqual([]);
  const [message, ...more] = of.seen.sent;
  expect(more).toEqual([]);
  return { message, ...(await decodeMessage(message?.body ?? '', of.ports)) };
}
async function rejection(of: FakeWorld, body: unknown): Promise<unknown> {
  expect(await deliver(of, body)).toEqual([]);
  expect(of.seen.sent).toEqual([]);
  expect(of.seen.events.map(({ name }) => name)).toEqual(['workflow_rejected']);
  return of.seen.events[0]?.detail;
}

describe('an event for a run', () => {
  test('reaches the coordinator in the group of the run, in the name of intake', async () => {
    const of = worldWith();
    expect(await deliver(of, said({ workflow_id: RUN, key: '42', payload: { paid: true } }))).toEqual([]);
    const { message, header, payload } = await sent(of);
    expect(message).toMatchObject({ queue: 'coordinator.fifo', groupId: RUN });
    expect(message?.deduplicationId).toMatch(/^id-/);
    expect(header).toMatchObject({
      sender: 'intake',
      receiver: 'coordinator',
      message_type: 'deliver_event',
      tenant: 'acme',
      correlation_id: 'correlation-7',
    });
    expect(DeliverEvent.parse(payload)).toEqual({
      run_id: RUN,
      event_id: 'event-1',
      event: 'payment',
      key: '42',
      payload: { value: { paid: true } },
    });
  });

  test('counts by the id of the bus event unless it has one of its own, and its payload may be missing', async () => {
    const of = worldWith();
    await deliver(of, said({ workflow_id: RUN, event_id: 'payment-1' }));
    expect((await sent(of)).payload).toEqual({
      run_id: RUN,
      event_id: 'payment-1',
      event: 'payment',
      payload: { value: null },
    });
  });

  test('has a fresh deduplication id each time it is delivered, so that the queue swallows none', async () => {
    const of = worldWith();
    await deliver(of, said({ workflow_id: RUN }));
    await deliver(of, said({ workflow_id: RUN }));
    const ids = of.seen.sent.map(({ deduplicationId }) => deduplicationId);
    expect(new Set(ids).size).toBe(2);
  });

  test('may name the run by tenant and request', async () => {
    const of = worldWith();
    await deliver(of, said({ tenant: 'acme', request_id: 'order-7' }));
    expect((await sent(of)).payload).toMatchObject({ run_id: RUN });
  });

  test.each([
    [{ request_id: 'order-8', tenant: 'acme' }, runIdOf('acme', 'order-8'), 'acme'],
    [{ request_id: 'order-8' }, runIdOf('default', 'order-8'), 'default'],
  ])('is delivered before its run exists, named by %j', async (name, runId, tenant) => {
    const of = worldWith();
    await deliver(of, said(name));
    const { message, header } = await sent(of);
    expect(message?.groupId).toBe(runId);
    expect(header).toMatchObject({ tenant, correlation_id: 'event-1' });
  });

  test('with a large payload carries where it lies instead', async () => {
    const of = worldWith();
    const payload = { text: 'é'.repeat(600) };
    await deliver(of, said({ workflow_id: RUN, payload }));
    const event = DeliverEvent.parse((await sent(of)).payload);
    expect(event.payload).toMatchObject({ ref: { key: expect.stringMatching(/^acme\//) } });
    expect(of.seen.blobs.get('ref' in event.payload ? event.payload.ref.key : '')).toEqual(payload);
  });

  test.each([
    ['by nothing', {}, 'workflow_id'],
    ['twice', { workflow_id: RUN, request_id: 'order-7', tenant: 'acme' }, 'request_id'],
    ['by a malformed id', { workflow_id: 'run_7' }, 'workflow_id'],
  ])('that names its run %s is rejected', async (_, name, field) => {
    expect(await rejection(worldWith(), said(name))).toMatchObject({ code: 'invalid_request', field });
  });

  test('with a malformed name is rejected', async () => {
    const detail = { workflow_id: RUN, event: 'Payment!' };
    expect(await rejection(worldWith(), said(detail))).toMatchObject({ code: 'invalid_request', field: 'event' });
  });

  test("by an id that may become another tenant's run is refused like one that is", async () => {
    const nobodys = await rejection(
      worldWith(),
      said({ workflow_id: runIdOf('victim', 'next order'), tenant: 'other' }),
    );
    expect(nobodys).toMatchObject({ code: 'unknown_run', field: 'tenant', tenant: 'other' });
  });

  test("for another tenant's run learns nothing of it", async () => {
    expect(await rejection(worldWith(), said({ workflow_id: RUN, tenant: 'other' }))).toEqual({
      request_id: 'event-1',
      tenant: 'other',
      workflow: '',
      correlation_id: 'event-1',
      code: 'unknown_run',
      field: 'tenant',
      reason: expect.stringContaining('tenant "other" has no run'),
    });
  });

  test.each(['completed', 'failed', 'cancelled'] as const)('for a run that is %s is rejected', async (status) => {
    expect(await rejection(worldWith({ status }), said({ tenant: 'acme', request_id: 'order-7' }))).toMatchObject({
      request_id: 'order-7',
      tenant: 'acme',
      workflow: 'shop.order',
      code: 'run_ended',
      field: 'request_id',
    });
  });
});

describe('a decision', () => {
  test('reaches the coordinator in the group of its run, with everything that was said', async () => {
    const of = worldWith();
    const all = { decision_id: 'run/3/0', comment: 'fine', value: { total: 3 } };
    expect(await deliver(of, decided(all))).toEqual([]);
    const { message, header, payload } = await sent(of);
    expect(message?.groupId).toBe(RUN);
    expect(header).toMatchObject({ sender: 'intake', message_type: 'decide_task', tenant: 'acme' });
    expect(DecideTask.parse(payload)).toEqual({
      run_id: RUN,
      task_id: 'check',
      event_id: 'event-1',
      decision: 'approve',
      decided_by: 'ada',
      ...all,
    });
  });

  test('for a run nobody knows is rejected', async () => {
    expect(await rejection(fakeWorld(), decided())).toMatchObject({ code: 'unknown_run', field: 'workflow_id' });
  });

  test('for a run that has ended is rejected', async () => {
    expect(await rejection(worldWith({ status: 'cancelled' }), decided())).toMatchObject({
      code: 'run_ended',
      field: 'workflow_id',
      workflow: 'shop.order',
      tenant: 'acme',
    });
  });

  test('of nobody is rejected: silence and anonymity are never a yes', async () => {
    expect(await rejection(worldWith(), decided({ decided_by: '' }))).toMatchObject({ field: 'decided_by' });
  });
});

describe('a crash of intake at any call', () => {
  test.each([
    ['an event', said({ workflow_id: RUN, payload: 'x'.repeat(2_000) })],
    ['a decision', decided()],
  ])('loses %s nowhere, and its repeat can be told', async (_, body) => {
    const whole = worldWith();
    await deliver(whole, body);
    const calls = whole.seen.calls.length;
    expect(calls).toBeGreaterThan(1);
    for (let call = 1; call <= calls; call++) {
      for (const when of ['before', 'after'] as const) {
        const of = worldWith();
        of.crashAt({ call, when });
        expect(await deliver(of, body)).toEqual(['record-1']);
        of.crashAt(undefined);
        expect(await deliver(of, body)).toEqual([]);
        const payloads = await Promise.all(
          of.seen.sent.map(async (message) => (await decodeMessage(message.body, of.ports)).payload),
        );
        expect(payloads.length).toBeGreaterThan(0);
        expect(new Set(payloads.map((payload) => JSON.stringify(payload))).size).toBe(1);
        expect(of.seen.events).toEqual([]);
      }
    }
  });
});
