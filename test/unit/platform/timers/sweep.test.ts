import { describe, expect, test } from '@jest/globals';
import { createIntake } from '../../../../lambdas/platform/intake/intake.ts';
import { sweep } from '../../../../lambdas/platform/timers/sweep.ts';
import { decodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import { checkDefinition } from '../../../../lambdas/workflow/definition.ts';
import { runIdOf } from '../../../../lambdas/workflow/run-identity.ts';
import { agent, busEvent, type FakeWorld, fakeWorld, invocation, record } from '../intake/fakes.ts';

const definition = checkDefinition({
  name: 'demo.pair',
  tasks: [
    { id: 'a', type: 'demo.step' },
    { id: 'b', type: 'demo.step', dependsOn: ['a'] },
  ],
});
const runId = runIdOf('default', 'event-1');
const MINUTE = 60_000;

/** A world in which intake has taken a request, and whatever it sent was lost. */
async function requested(): Promise<FakeWorld> {
  const of = fakeWorld({ agents: [agent('stepper', 'demo.step')], definitions: [definition] });
  const body = busEvent('workflow_requested', { workflow: 'demo.pair', priority: 'high' });
  await createIntake(of.ports)([record(body)], invocation());
  of.seen.started.length = 0;
  return of;
}

describe('the sweeper', () => {
  test('leaves runs alone that are not overdue', async () => {
    const of = await requested();
    expect(await sweep(of.ports)).toEqual({ woken: 0, restarted: 0, forgotten: 0, failed: 0 });
    expect(of.seen.sent).toEqual([]);
  });

  test('starts a run again that was never begun, from what intake stored', async () => {
    const of = await requested();
    of.seen.now += MINUTE;
    expect(await sweep(of.ports)).toMatchObject({ restarted: 1 });
    expect(of.seen.sent).toMatchObject([{ queue: 'coordinator.fifo', groupId: runId }]);
    const { header, payload } = await decodeMessage(of.seen.sent[0]?.body ?? '', of.ports);
    expect(header).toMatchObject({ message_type: 'start_run', sender: 'sweeper', priority: 3 });
    expect(payload).toMatchObject({ run_id: runId, definition: { value: { name: 'demo.pair' } } });
  });

  test('wakes a flow whose time has come, and leaves its row to it', async () => {
    const of = fakeWorld();
    const flowId = `flow_${'b'.repeat(40)}`;
    await of.ports.runs.setWake(flowId, of.seen.now - 1);
    expect(await sweep(of.ports)).toMatchObject({ woken: 1 });
    expect(of.seen.sent).toMatchObject([{ queue: 'coordinator.fifo', groupId: flowId }]);
    const { header, payload } = await decodeMessage(of.seen.sent[0]?.body ?? '', of.ports);
    expect(header).toMatchObject({ message_type: 'wake_flow', sender: 'sweeper' });
    expect(payload).toEqual({ flow_id: flowId });
    expect(await of.ports.runs.overdue(of.seen.now, 10)).toEqual([flowId]);
  });

  test('tries a start that does not succeed ever more rarely', async () => {
    const of = await requested();
    const tries: number[] = [];
    for (let minute = 1; minute <= 240; minute++) {
      of.seen.now += MINUTE;
      if ((await sweep(of.ports)).restarted > 0) tries.push(minute);
    }
    expect(tries).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
  });

  test('wakes a run that is under way, each minute until the coordinator has set a new time', async () => {
    const of = await requested();
    const run = of.seen.runs.get(runId);
    if (run) of.seen.runs.set(runId, { ...run, status: 'running' });
    of.seen.now += MINUTE;
    expect(await sweep(of.ports)).toMatchObject({ woken: 1 });
    expect(await sweep(of.ports)).toMatchObject({ woken: 1 });
    const { header, payload } = await decodeMessage(of.seen.sent[0]?.body ?? '', of.ports);
    expect(header).toMatchObject({ message_type: 'wake_run', sender: 'sweeper', tenant: 'default' });
    expect(payload).toEqual({ run_id: runId });
    expect(of.seen.sent[0]?.deduplicationId).not.toBe(of.seen.sent[1]?.deduplicationId);
  });

  test('wakes a run that has ended once more, for what it may owe, and leaves its row to the coordinator', async () => {
    const of = await requested();
    await of.ports.runs.setStatus(runId, 'completed', 1);
    of.seen.now += MINUTE;
    expect(await sweep(of.ports)).toMatchObject({ woken: 1 });
    expect(await of.ports.runs.overdue(of.seen.now, 10)).toEqual([runId]);
  });

  test('forgets a wake row whose run was never created', async () => {
    const of = fakeWorld();
    of.seen.wakes.set(runId, of.seen.now);
    expect(await sweep(of.ports)).toMatchObject({ forgotten: 1 });
    expect(of.seen.wakes.size).toBe(0);
    expect(of.seen.sent).toEqual([]);
  });

  test('goes on with the others when one run fails, and comes back to it', async () => {
    const of = await requested();
    const other = runIdOf('default', 'event-2');
    const run = of.seen.runs.get(runId);
    if (run) of.seen.runs.set(other, { ...run, runId: other, status: 'running' });
    of.seen.wakes.set(other, of.seen.now);
    for (const key of of.seen.blobs.keys()) of.seen.blobs.set(key, 'corrupt');
    of.seen.now += MINUTE;
    expect(await sweep(of.ports)).toMatchObject({ woken: 1, failed: 1 });
    expect(await sweep(of.ports)).toMatchObject({ failed: 1 });
  });

  test('that crashes at any call has lost no run: the next sweep does it', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let call = 2; call <= 4; call++) {
        const of = await requested();
        of.seen.now += MINUTE;
        of.crashAt({ call, when });
        expect(await sweep(of.ports)).toMatchObject({ failed: 1 });
        of.crashAt(undefined);
        of.seen.now += 2 * MINUTE;
        await sweep(of.ports);
        expect(of.seen.sent.length).toBeGreaterThan(0);
      }
    }
  });
});
