import { describe, expect, test } from '@jest/globals';
import type { Gate, Limit } from '../../../lambdas/contracts/flow-control.ts';
import { effectsOf } from '../../../lambdas/workflow/effects.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import { isIdle } from '../../../lambdas/workflow/flow-state.ts';
import { restoreState, snapshotState } from '../../../lambdas/workflow/snapshot.ts';
import { gatesOf, player } from '../../support/engine-player.ts';
import { NOW, task, workflow } from '../../support/factories.ts';

const TWO: Limit = { name: 'two', concurrency: 2 };
const FAST: Limit = { name: 'fast', rate: { limit: 1, periodSeconds: 1 } };
const gateOfLimit = (limit: Limit): Gate => {
  const [gate] = gatesOf('-', [limit]);
  if (!gate) throw new Error('a limit has a gate');
  return gate;
};
const two = gateOfLimit(TWO);
const fast = gateOfLimit(FAST);

type Played = ReturnType<typeof player>;
function flow(played: Played, { flow_id }: Gate) {
  const found = played.state.flows.get(flow_id);
  if (!found) throw new Error('the run knows the flow');
  const { asked, withdrawn, granted, returned, used, waiting } = found;
  return { asked, withdrawn, granted, returned, used, waiting, idle: isIdle(found) };
}
const told = ({ state, now }: Played, events: readonly RunEvent[]): string[] =>
  effectsOf(state, { seq: 1, turnId: 't', at: now(), confirmed: 0, events }).flatMap((effect) =>
    effect.type === 'ask_flow' ? [effect.flow] : [],
  );
const limited = (...ids: string[]) => workflow(ids.map((id) => task(id, { limits: [TWO] })));

describe('a task with a limit', () => {
  test('waits for a permit, and begins when it has one', () => {
    const run = player(limited('a'));
    expect(run.task('a')).toMatchObject({ status: 'suspended', on: { for: 'permit', flow: two.flow_id, held: 0 } });
    expect(flow(run, two)).toMatchObject({ asked: 1, granted: 0 });
    expect(told(run, run.events)).toEqual([two.flow_id]);
    run.grant(two, 1);
    expect(run.task('a').status).toBe('dispatched');
    expect(flow(run, two)).toMatchObject({ used: 1, returned: 0, idle: false });
  });

  test('gives its permit back when it is done, and says so', () => {
    const run = player(limited('a', 'b'));
    run.grant(two, 1);
    const events = run.complete('a');
    expect(flow(run, two)).toEqual({
      asked: 2,
      withdrawn: 0,
      granted: 1,
      returned: 1,
      used: 0,
      waiting: 1,
      idle: false,
    });
    expect(told(run, events)).toEqual([two.flow_id]);
  });

  test('lets the urgent and the long first, as many as there are permits', () => {
    const run = player(
      workflow([
        task('plain', { limits: [TWO] }),
        task('urgent', { limits: [TWO], priority: 4 }),
        task('long', { limits: [TWO], expectedSeconds: 100 }),
      ]),
    );
    run.grant(two, 1);
    expect(run.statuses()).toEqual({ plain: 'suspended', urgent: 'dispatched', long: 'suspended' });
    run.grant(two, 2);
    expect(run.statuses()).toEqual({ plain: 'suspended', urgent: 'dispatched', long: 'dispatched' });
  });

  test('hears the same grant, or an older one, without effect', () => {
    const run = player(limited('a', 'b', 'c'));
    run.grant(two, 2);
    expect(run.grant(two, 2)).toEqual([]);
    expect(run.grant(two, 1)).toEqual([]);
    expect(flow(run, two)).toMatchObject({ granted: 2, used: 2, waiting: 1 });
  });

  test('gives back at once what nobody needs', () => {
    const run = player(limited('a'));
    const events = run.grant(two, 3);
    expect(events).toContainEqual({ type: 'permits_granted', flow: two.flow_id, granted: 3, returned: 2 });
    expect(flow(run, two)).toMatchObject({ used: 1, returned: 2 });
    expect(told(run, events)).toEqual([two.flow_id]);
  });

  test('asks anew for each attempt', () => {
    const run = player(workflow([task('a', { limits: [TWO], retry: { maxAttempts: 3 } })]));
    run.grant(two, 1);
    const events = run.fail('a', 'recoverable');
    expect(flow(run, two)).toMatchObject({ granted: 1, returned: 1, used: 0 });
    expect(told(run, events)).toEqual([two.flow_id]);
    run.wake(60_000);
    expect(run.task('a')).toMatchObject({ status: 'suspended', on: { for: 'permit' } });
    expect(flow(run, two)).toMatchObject({ asked: 2, granted: 1 });
    run.grant(two, 2);
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 2 });
  });

  test('passes rates first, which are used up, then what it holds', () => {
    const run = player(workflow([task('a', { limits: [FAST, TWO] })]));
    expect(run.task('a')).toMatchObject({ on: { flow: fast.flow_id, held: 0 } });
    run.grant(fast, 1);
    expect(run.task('a')).toMatchObject({ status: 'suspended', on: { flow: two.flow_id, held: 1 } });
    expect(flow(run, fast)).toMatchObject({ used: 0, returned: 1 });
    run.grant(two, 1);
    expect(run.task('a').status).toBe('dispatched');
    run.complete('a');
    expect(flow(run, two)).toMatchObject({ returned: 1, used: 0 });
  });

  test('keeps what it has used up while no agent can have it, and gives back what it holds', () => {
    const run = player(workflow([task('a', { limits: [FAST, TWO] })]), {
      context: { breakers: new Map([['worker', { failures: [], open_until: NOW + 60_000 }]]) },
    });
    run.grant(fast, 1);
    run.grant(two, 1);
    expect(run.task('a')).toMatchObject({ status: 'suspended', on: { for: 'agent' }, permits: 1 });
    expect(flow(run, two)).toMatchObject({ used: 0, returned: 1 });
  });

  test('a task of a forEach shares the limit of its parent', () => {
    const items = Array.from({ length: 5 }, (_, index) => index);
    const run = player(workflow([task('all', { forEach: { items }, limits: [TWO] })]));
    expect(run.events.filter(({ type }) => type === 'gates_set')).toHaveLength(1);
    expect(run.task('all')).toMatchObject({ status: 'suspended', on: { for: 'items' } });
    run.grant(two, 2);
    expect(Object.values(run.statuses()).filter((status) => status === 'dispatched')).toHaveLength(2);
    expect(flow(run, two)).toMatchObject({ asked: 5, used: 2, waiting: 3 });
  });

  test('its fallback needs no permit', () => {
    const run = player(workflow([task('a', { limits: [TWO], fallback: { type: 'work' } })]));
    run.grant(two, 1);
    run.fail('a', 'non_recoverable');
    expect(run.task('a')).toMatchObject({ status: 'dispatched', fallback: { code: 'broken' } });
    expect(flow(run, two)).toMatchObject({ used: 0, returned: 1, idle: true });
  });
});

describe('a run with limits', () => {
  test('gives everything back when it is cancelled, and is done with its flows', () => {
    const run = player(limited('a', 'b', 'c'));
    run.grant(two, 2);
    const events = run.turn([
      { type: 'cancel_run', payload: { run_id: run.state.runId, reason: 'enough', requested_by: 'ann' } },
    ]);
    expect(flow(run, two)).toEqual({
      asked: 3,
      withdrawn: 1,
      granted: 2,
      returned: 2,
      used: 0,
      waiting: 0,
      idle: true,
    });
    expect(told(run, events)).toEqual([two.flow_id]);
  });

  test('holds nothing while it is paused, and asks anew when it goes on', () => {
    const run = player(limited('a', 'b', 'c'));
    run.grant(two, 1);
    const { runId: run_id } = run.state;
    run.turn([{ type: 'pause_run', messageId: 'p', payload: { run_id, reason: 'wait', requested_by: 'ann' } }]);
    expect(flow(run, two)).toMatchObject({ asked: 3, withdrawn: 2, granted: 1, used: 1, waiting: 0 });
    expect(run.statuses()).toEqual({ a: 'dispatched', b: 'ready', c: 'ready' });
    // It was on its way when the run stopped.
    run.grant(two, 2);
    expect(flow(run, two)).toMatchObject({ granted: 2, used: 1, returned: 1 });
    const resume = { run_id, request_id: 'r', reason: 'go', requested_by: 'ann' };
    run.turn([{ type: 'resume_run', messageId: 'r', payload: resume }]);
    expect(flow(run, two)).toMatchObject({ asked: 6, withdrawn: 2, granted: 2, returned: 1, used: 1, waiting: 2 });
    run.grant(two, 3);
    expect(run.statuses()).toEqual({ a: 'dispatched', b: 'dispatched', c: 'suspended' });
  });

  test('is the same after a snapshot', () => {
    const run = player(limited('a', 'b', 'c'));
    run.grant(two, 1);
    expect(restoreState(JSON.parse(JSON.stringify(snapshotState(run.state))))).toEqual(run.state);
  });

  test('asks once more when a grant does not come for an hour', () => {
    const run = player(limited('a'));
    expect(run.state.timer).toBe(run.now() + 3_600_000);
  });

  test('wakes no task of 10,000 that wait but the one that gets a permit', () => {
    const items = Array.from({ length: 10_000 }, (_, index) => index);
    const run = player(workflow([task('all', { forEach: { items }, limits: [TWO] })]));
    while (run.state.flows.get(two.flow_id)?.waiting !== 10_000) run.turn([{ type: 'wake_run' }]);
    const before = run.state.tasks;
    run.grant(two, 1);
    const changed = run.state.tasks.filter((one, index) => one !== before[index]);
    expect(changed).toHaveLength(1);
  });
});
