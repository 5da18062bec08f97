import { describe, expect, test } from '@jest/globals';
import { ResumeRun } from '../../../../lambdas/contracts/messages.ts';
import { createIntake } from '../../../../lambdas/platform/intake/intake.ts';
import { decodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import type { RunRecord, RunStatus } from '../../../../lambdas/runtime/ports.ts';
import { runIdOf } from '../../../../lambdas/workflow/run-identity.ts';
import { task, workflow } from '../../../support/factories.ts';
import { agent, busEvent, type FakeWorld, fakeWorld, invocation, record } from './fakes.ts';

const RUN = runIdOf('acme', 'order-7');
const newer = workflow([task('pay', { type: 'shop.pay' })], { name: 'shop.order', version: 2 });
const strange = workflow([task('fly', { type: 'shop.fly' })], { name: 'shop.order', version: 3 });

function addRun(of: FakeWorld, runId: string, overrides: Partial<RunRecord> = {}): void {
  of.seen.wakes.set(runId, of.seen.now);
  of.seen.runs.set(runId, {
    runId,
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
}
function worldWith(status?: RunStatus): FakeWorld {
  const of = fakeWorld({ agents: [agent('payer', 'shop.pay')], definitions: [newer, strange] });
  if (status) addRun(of, RUN, { status });
  return of;
}

const deliver = ({ ports }: FakeWorld, body: unknown, receiveCount = 1) =>
  createIntake(ports)([record(body, { receiveCount })], invocation());
const pause = (detail: object = {}) =>
  busEvent('workflow_pause_requested', {
    workflow_id: RUN,
    reason: 'the disk is full',
    requested_by: 'ada',
    ...detail,
  });
const resume = (detail: object = {}) =>
  busEvent('workflow_resume_requested', { workflow_id: RUN, reason: 'mended', requested_by: 'ada', ...detail });
const hold = (action: string, scope = 'acme', time = '2026-11-21T12:00:00Z') =>
  busEvent('hold_requested', { scope, action, reason: 'a new disk', requested_by: 'ada' }, { time });

const messages = (of: FakeWorld, queue = 'coordinator.fifo') =>
  Promise.all(
    of.seen.sent
      .filter((sent) => sent.queue === queue)
      .map(async ({ body, groupId }) => {
        const { header, payload } = await decodeMessage(body, of.ports);
        return { groupId, type: header.message_type, sender: header.sender, tenant: header.tenant, payload };
      }),
  );
async function refusal(of: FakeWorld, body: unknown): Promise<unknown> {
  expect(await deliver(of, body)).toEqual([]);
  expect(of.seen.sent).toEqual([]);
  expect(of.seen.events.map(({ name }) => name)).toEqual(['request_refused']);
  return of.seen.events[0]?.detail;
}

describe('a request to pause a run', () => {
  test('reaches the coordinator in the group of the run', async () => {
    const of = worldWith('running');
    expect(await deliver(of, pause())).toEqual([]);
    expect(await messages(of)).toEqual([
      {
        groupId: RUN,
        type: 'pause_run',
        sender: 'intake',
        tenant: 'acme',
        payload: { run_id: RUN, request_id: 'event-1', reason: 'the disk is full', requested_by: 'ada' },
      },
    ]);
    expect(of.seen.events).toEqual([]);
  });

  test('for a run nobody knows, or that has ended, is refused', async () => {
    expect(await refusal(worldWith(), pause())).toEqual({
      ...{ request: 'pause', workflow_id: RUN, requested_by: 'ada', code: 'unknown_run' },
      ...{ at: '2026-11-21T12:00:00.000Z', reason: expect.stringContaining('there is no run') },
    });
    expect(await refusal(worldWith('failed'), pause())).toMatchObject({ request: 'pause', code: 'run_ended' });
  });

  test('that is malformed is refused by what can be read of it', async () => {
    expect(await refusal(worldWith('running'), pause({ workflow_id: 'run_7', requested_by: '' }))).toEqual({
      ...{ request: 'pause', requested_by: 'unknown', code: 'invalid_request' },
      ...{ at: expect.any(String), reason: expect.stringContaining('workflow_id') },
    });
  });
});

describe('a request to resume a run', () => {
  test.each<RunStatus>(['running', 'failed', 'cancelled'])('that is %s reaches the coordinator', async (status) => {
    const of = worldWith(status);
    const edit = { tasks: { pay: { input: { card: 'other' } } }, parameters: { payer: { model: 'small' } } };
    expect(await deliver(of, resume({ edit, stay_paused: true }))).toEqual([]);
    const [message] = await messages(of);
    expect(message).toMatchObject({ groupId: RUN, type: 'resume_run', sender: 'intake' });
    expect(ResumeRun.parse(message?.payload)).toEqual({
      ...{ run_id: RUN, request_id: 'event-1', requested_by: 'ada', reason: 'mended' },
      ...{ edit, stay_paused: true },
    });
  });

  test('with another version brings the definition along', async () => {
    const of = worldWith('failed');
    await deliver(of, resume({ edit: { version: 2 } }));
    const [message] = await messages(of);
    expect(ResumeRun.parse(message?.payload)).toMatchObject({ edit: { version: 2 }, definition: { value: newer } });
  });

  test.each([
    ['that nobody registered', 9, 'unknown_version'],
    ['for a task of which there is no agent', 3, 'unknown_task_type'],
  ])('with a version %s is refused', async (_, version, code) => {
    expect(await refusal(worldWith('failed'), resume({ edit: { version } }))).toMatchObject({ request: 'edit', code });
  });

  test('that has completed, or that nobody knows, is refused', async () => {
    expect(await refusal(worldWith('completed'), resume())).toMatchObject({
      request: 'resume',
      code: 'run_completed',
      reason: expect.stringContaining('fork'),
    });
    expect(await refusal(worldWith(), resume())).toMatchObject({ request: 'resume', code: 'unknown_run' });
  });

  test.each([
    ['changes nothing of a task', { tasks: { pay: {} } }],
    ['changes what there is not', { colour: 'red' }],
    ['names a version of zero', { version: 0 }],
  ])('with an edit that %s is refused', async (_, edit) => {
    expect(await refusal(worldWith('failed'), resume({ edit }))).toMatchObject({
      request: 'edit',
      code: 'invalid_request',
    });
  });
});

describe('a hold', () => {
  const OTHER = runIdOf('other', 'r1');
  function busy(): FakeWorld {
    const of = worldWith('running');
    addRun(of, OTHER, { tenant: 'other' });
    addRun(of, runIdOf('acme', 'done'), { status: 'completed' });
    return of;
  }

  test('is kept, told to the open runs of the tenant, and published', async () => {
    const of = busy();
    await deliver(of, hold('pause'));
    const kept = { action: 'pause', by: 'ada', reason: 'a new disk', at: of.seen.now };
    expect(await of.ports.holds.read()).toEqual(new Map([['acme', kept]]));
    expect(await messages(of)).toEqual([
      { groupId: RUN, type: 'wake_run', sender: 'intake', tenant: 'acme', payload: { run_id: RUN } },
    ]);
    expect(of.seen.events).toMatchObject([{ name: 'hold_changed', detail: { scope: 'acme', hold: kept } }]);
  });

  test('of all is told to every open run', async () => {
    const of = busy();
    await deliver(of, hold('pause', '*'));
    expect((await messages(of)).map(({ groupId }) => groupId)).toEqual([RUN, OTHER]);
  });

  test('that is let go wakes the runs, and nothing is kept', async () => {
    const of = busy();
    await deliver(of, hold('pause'));
    of.seen.sent.length = 0;
    await deliver(of, hold('resume', 'acme', '2026-11-21T12:01:00Z'));
    expect((await of.ports.holds.read()).size).toBe(0);
    expect((await messages(of)).map(({ type }) => type)).toEqual(['wake_run']);
    expect(of.seen.events.at(-1)).toMatchObject({ name: 'hold_changed', detail: { scope: 'acme' } });
    expect(of.seen.events.at(-1)?.detail).not.toHaveProperty('hold');
  });

  test('that nobody has put on is not let go', async () => {
    expect(await refusal(busy(), hold('resume'))).toMatchObject({ request: 'hold', about: 'acme', code: 'not_held' });
    expect(await refusal(busy(), hold('resume', '*'))).toMatchObject({ about: '*', code: 'not_held' });
  });

  test('that comes after a later one changes nothing', async () => {
    const of = busy();
    await deliver(of, hold('drain', 'acme', '2026-11-21T12:05:00Z'));
    await deliver(of, hold('pause', 'acme', '2026-11-21T12:04:00Z'));
    expect((await of.ports.holds.read()).get('acme')?.action).toBe('drain');
    expect(of.seen.events.at(-1)).toMatchObject({ name: 'request_refused', detail: { code: 'overtaken' } });
    expect(of.seen.sent).toEqual([]);
  });

  test('with an action or a scope that there is not is refused', async () => {
    expect(await refusal(busy(), hold('stop'))).toMatchObject({ request: 'hold', code: 'invalid_request' });
    expect(await refusal(busy(), hold('pause', 'Not A Tenant'))).toMatchObject({ code: 'invalid_request' });
  });

  test('that cancels tells every open run to end, once it has looked twice', async () => {
    const of = busy();
    await deliver(of, hold('cancel', '*'));
    const told = await messages(of);
    expect(new Set(told.map(({ groupId }) => groupId))).toEqual(new Set([RUN, OTHER]));
    expect(told[0]).toMatchObject({ type: 'cancel_run', payload: { run_id: RUN, requested_by: 'ada' } });
    expect((await of.ports.holds.read()).size).toBe(0);
  });

  test('about more runs than one invocation tells goes on by messages to itself, until all were told', async () => {
    const of = worldWith();
    const ids = Array.from({ length: 40 }, (_, n) => runIdOf('acme', `r${n}`));
    for (const id of ids) addRun(of, id);
    await deliver(of, hold('pause'));
    let invocations = 1;
    for (; of.seen.sent.some(({ queue }) => queue === 'intake'); invocations++) {
      const at = of.seen.sent.findIndex(({ queue }) => queue === 'intake');
      const [again] = of.seen.sent.splice(at, 1);
      expect(await deliver(of, again?.body)).toEqual([]);
    }
    expect(invocations).toBe(3);
    expect((await messages(of)).map(({ groupId }) => groupId)).toEqual(ids);
    expect(of.seen.events.map(({ name }) => name)).toEqual(['hold_changed']);
  });

  test('lost at any call is repeated until it holds and everybody was told', async () => {
    for (const action of ['pause', 'resume', 'cancel']) {
      const start = async (): Promise<FakeWorld> => {
        const of = busy();
        if (action === 'resume') await of.ports.holds.set('acme', { action: 'pause', by: 'kim', reason: '', at: 1 }, 1);
        of.crashAt(undefined);
        return of;
      };
      const whole = await start();
      await deliver(whole, hold(action));
      expect(whole.seen.calls.length).toBeGreaterThan(3);
      for (let call = 1; call <= whole.seen.calls.length; call++) {
        for (const when of ['before', 'after'] as const) {
          const of = await start();
          of.crashAt({ call, when });
          expect(await deliver(of, hold(action))).toEqual(['record-1']);
          of.crashAt(undefined);
          expect(await deliver(of, hold(action), 2)).toEqual([]);
          expect((await of.ports.holds.read()).has('acme')).toBe(action === 'pause');
          expect(new Set((await messages(of)).map(({ groupId }) => groupId))).toEqual(new Set([RUN]));
          expect(of.seen.events.every(({ name }) => name === 'hold_changed')).toBe(true);
        }
      }
    }
  });
});

describe('while a tenant drains', () => {
  const request = (tenant: string, id: string) =>
    busEvent('workflow_requested', { workflow: 'shop.order', version: 2, tenant }, { id });

  test('its new requests are rejected with the reason, and those of others begin', async () => {
    const of = worldWith();
    await deliver(of, hold('drain'));
    await deliver(of, request('acme', 'e1'));
    await deliver(of, request('other', 'e2'));
    expect(of.seen.events.at(-1)).toMatchObject({
      name: 'workflow_rejected',
      detail: { tenant: 'acme', code: 'draining', reason: expect.stringContaining('a new disk') },
    });
    expect([...of.seen.runs.values()].map(({ tenant }) => tenant)).toEqual(['other']);
  });

  test('a request that began before is not rejected when it comes again', async () => {
    const of = worldWith();
    await deliver(of, request('acme', 'e1'));
    await deliver(of, hold('drain', '*'));
    await deliver(of, request('acme', 'e1'));
    await deliver(of, request('acme', 'e2'));
    expect(of.seen.events.map(({ name }) => name)).toEqual(['hold_changed', 'workflow_rejected']);
    expect(of.seen.runs.size).toBe(1);
  });

  test('new requests of one that only pauses are taken', async () => {
    const of = worldWith();
    await deliver(of, hold('pause'));
    await deliver(of, request('acme', 'e1'));
    expect(of.seen.runs.size).toBe(1);
  });
});
