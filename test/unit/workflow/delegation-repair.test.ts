import { describe, expect, test } from '@jest/globals';
import type { RunEdit } from '../../../lambdas/contracts/control.ts';
import { asJson } from '../../../lambdas/contracts/json.ts';
import { decide } from '../../../lambdas/workflow/decide.ts';
import { evolve } from '../../../lambdas/workflow/evolve.ts';
import { forkEvent } from '../../../lambdas/workflow/fork-run.ts';
import { stateJson, stateText } from '../../../lambdas/workflow/replay.ts';
import { restoreState, snapshotState } from '../../../lambdas/workflow/snapshot.ts';
import { newRun } from '../../../lambdas/workflow/state.ts';
import { gatesOf } from '../../support/engine-player.ts';
import { completed, NOW, RUN_ID, registeredAgent, report, task, turnContext } from '../../support/factories.ts';
import { AGENTS, capable, delegated, delegating, help } from './delegation-player.ts';

type Run = Pick<ReturnType<typeof delegating>, 'turn'>;
let requests = 0;
function pause(run: Run) {
  requests += 1;
  const payload = { run_id: RUN_ID, reason: '', requested_by: 'ann' };
  return run.turn([{ type: 'pause_run', messageId: `pause-${requests}`, payload }]);
}
function resume(run: Run, edit?: RunEdit) {
  requests += 1;
  const payload = { run_id: RUN_ID, request_id: `resume-${requests}`, requested_by: 'ann', reason: '' };
  return run.turn([{ type: 'resume_run', messageId: 'm', payload: { ...payload, ...(edit && { edit }) } }]);
}
const cancel = (run: Run) =>
  run.turn([{ type: 'cancel_run', payload: { run_id: RUN_ID, reason: 'enough', requested_by: 'ann' } }]);

describe('a pause', () => {
  test('reaches what was delegated, and the task that goes on after it', () => {
    const run = delegating();
    run.delegate('a', help('a..1.x'), help('a..1.y', { dependsOn: ['a..1.x'] }), {
      id: 'a..2-sleep',
      sleep: { seconds: 60 },
    });
    pause(run);
    run.complete('a..1.x');
    run.wake(60_000);
    expect(run.statuses()).toMatchObject({ 'a..1.y': 'ready', 'a..2-sleep': 'suspended' });
    resume(run);
    expect(run.statuses()).toMatchObject({ 'a..1.y': 'dispatched', 'a..2-sleep': 'suspended' });
    run.wake(60_000);
    pause(run);
    run.complete('a..1.y');
    expect(run.statuses()).toMatchObject({ a: 'ready', 'a..2-sleep': 'completed' });
    resume(run);
    expect(run.statuses().a).toBe('dispatched');
  });
});

describe('a limit', () => {
  test('is not used up while its task waits, and holds for the attempt after', () => {
    const limit = { name: 'one', concurrency: 1 };
    const [gate] = gatesOf('-', [limit]);
    if (!gate) throw new Error('a limit has a gate');
    const run = delegating([task('a', { limits: [limit] })]);
    run.grant(gate, 1);
    const events = run.delegate('a', help('a..1-call'));
    expect(run.state.flows.get(gate.flow_id)).toMatchObject({ granted: 1, returned: 1, used: 0 });
    expect(run.effects(events)).toContainEqual({ type: 'ask_flow', flow: gate.flow_id });
    run.complete('a..1-call');
    expect(run.task('a')).toMatchObject({ status: 'suspended', on: { for: 'permit' } });
    run.grant(gate, 2);
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 2 });
  });
});

describe('a change', () => {
  test('of a task that has delegated begins it anew: what it delegated before is void', () => {
    const run = delegating([task('a', { input: { n: 1 } })]);
    run.delegate('a', help('a..1-call'));
    run.complete('a..1-call');
    run.delegate('a', { id: 'a..2-sleep', sleep: { seconds: 600 } });
    pause(run);
    resume(run, { tasks: { a: { input: { n: 2 } } } });
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 3, epoch: 2 });
    expect(run.task('a..2-sleep')).toMatchObject({ status: 'cancelled', removed: true });
    expect(run.answers('a')).toEqual({});
    run.delegate('a', help('a..1-call'));
    run.complete('a..e2..1-call');
    expect(run.answers('a')).toEqual({ '1-call': { result: { value: { done: 'a..e2..1-call' } } } });
    run.complete('a');
    expect(run.state.phase).toBe('completed');
  });

  test('may be none but that it begins anew', () => {
    const run = delegating([task('a')]);
    run.delegate('a', { id: 'a..1-sleep', sleep: { seconds: 600 } });
    const { definition } = run.task('a');
    pause(run);
    resume(run, { tasks: { a: { anew: true } } });
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 2, epoch: 2 });
    expect(run.task('a').definition).toEqual(definition);
  });

  test('is refused while an agent is at work on what the task has delegated', () => {
    const run = delegating([task('a', { input: { n: 1 } })]);
    run.delegate('a', help('a..1-call'));
    pause(run);
    expect(resume(run, { tasks: { a: { input: { n: 2 } } } })).toMatchObject([{ code: 'task_at_work' }]);
  });

  test('may be of a task that was delegated', () => {
    const run = delegating([task('a')]);
    run.delegate('a', help('a..1-call', { retry: { intervalSeconds: 10_000 } }));
    run.fail('a..1-call', 'recoverable');
    pause(run);
    resume(run, { tasks: { 'a..1-call': { input: { n: 2 } } } });
    expect(run.task('a..1-call')).toMatchObject({ status: 'dispatched', attempt: 2 });
    run.complete('a..1-call');
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 2 });
    expect(run.task('a').epoch).toBeUndefined();
  });
});

describe('a run that failed and goes on', () => {
  test('begins anew what had not ended, without what it had delegated', () => {
    const run = delegating([task('a'), task('b'), task('c')]);
    run.delegate('a', help('a..1.x'), help('a..1.y'));
    run.delegate('b', help('b..1-call'));
    run.fail('b..1-call', 'data');
    run.complete('b');
    run.complete('a..1.x');
    run.fail('c', 'data');
    expect(run.state.phase).toBe('failed');
    resume(run);
    expect(run.statuses()).toEqual({
      ...{ a: 'dispatched', b: 'completed', c: 'dispatched' },
      ...{ 'a..1.x': 'completed', 'a..1.y': 'cancelled', 'b..1-call': 'failed' },
    });
    expect(run.task('a')).toMatchObject({ epoch: 2 });
    run.delegate('a', help('a..1.x'));
    run.complete('a..e2..1.x');
    run.complete('a');
    run.complete('c');
    expect(run.state.phase).toBe('completed');
  });

  test('asks a person before it repeats what was half done, where that had effects', () => {
    const agents = [registeredAgent({ effects: 'outside' }), ...AGENTS.slice(1)];
    const run = delegating([task('a'), task('c', { type: 'help' })], {}, { agents });
    run.delegate('a', { id: 'a..1-sleep', sleep: { seconds: 60 } });
    run.fail('c', 'data');
    resume(run);
    expect(run.task('a')).toMatchObject({ status: 'suspended', on: { error: { code: 'unknown_outcome' } } });
  });
});

describe('a fallback', () => {
  test('knows nothing of what the task itself has delegated', () => {
    const run = delegating([task('a', { fallback: { type: 'help' } })]);
    run.delegate('a', help('a..1-call'));
    run.complete('a..1-call');
    run.fail('a');
    expect(run.task('a')).toMatchObject({ status: 'dispatched', agent: 'helper', epoch: 2 });
    expect(run.answers('a')).toEqual({});
    run.delegate('a', { id: 'a..1-sleep', sleep: { seconds: 1 } });
    run.wake(1_000);
    run.complete('a');
    expect(run.task('a')).toMatchObject({ status: 'completed', degraded: 'fallback' });
  });
});

describe('a fork', () => {
  test('asks for permits of its own when what it has delegated is over', () => {
    const limit = { name: 'one', concurrency: 1 };
    const [gate] = gatesOf('-', [limit]);
    if (!gate) throw new Error('a limit has a gate');
    const run = delegating([task('a', { limits: [limit] })]);
    run.grant(gate, 1);
    run.delegate('a', help('a..1-call'));
    const payload = { run_id: RUN_ID, from: RUN_ID, at: 1, request: run.state.request, records: {} };
    const event = forkEvent({ ...payload, state: stateJson(run.state), effects: 'allowed' }, NOW);
    const forked = evolve(newRun(RUN_ID), [event], NOW);
    expect(forked.tasks[0]).toMatchObject({ status: 'suspended', on: { for: 'tasks' } });
    expect(forked.tasks[0]?.gates).toBeUndefined();
  });

  test('goes on with what had been delegated and answered by then', () => {
    const run = delegating([task('a')]);
    run.delegate('a', help('a..1.x'), help('a..1.y'), { id: 'a..2-sleep', sleep: { seconds: 60 } });
    run.complete('a..1.x');
    const { request } = run.state;
    const payload = { run_id: RUN_ID, from: RUN_ID, at: 1, request, state: stateJson(run.state), records: {} };
    const event = forkEvent({ ...payload, effects: 'allowed' }, NOW);
    const forked = evolve(newRun(RUN_ID), [event], NOW);
    expect(Object.fromEntries(forked.tasks.map(({ definition, status }) => [definition.id, status]))).toEqual({
      ...{ a: 'suspended', 'a..1.x': 'completed', 'a..1.y': 'ready', 'a..2-sleep': 'ready' },
    });
    expect(forked.tasks[0]).toMatchObject({ on: { for: 'tasks' }, ownOpen: 2 });
    const { events, state } = decide(forked, [], turnContext({ agents: AGENTS }));
    expect(events).toMatchObject([{ type: 'task_suspended' }, { type: 'tasks_dispatched' }, { type: 'timer_armed' }]);
    const answered = report([completed('a..1.y', { attempt: 2 })], 'helper');
    const later = turnContext({ agents: AGENTS, now: NOW + 60_000 });
    const done = decide(state, [answered, { type: 'wake_run' }], later).state;
    expect(done.tasks[0]).toMatchObject({ status: 'dispatched', attempt: 2, forgiven: 1 });
  });
});

describe('compensation', () => {
  const undo = { type: 'undo' };

  test('takes back the task that was under way, then what it had delegated, the last first', () => {
    const run = delegating([task('a', { undo })]);
    run.delegate('a', help('a..1.x', { undo }), help('a..1.y', { undo }), { id: 'a..2-sleep', sleep: { seconds: 60 } });
    run.complete('a..1.x');
    run.complete('a..1.y');
    cancel(run);
    expect(run.task('a')).toMatchObject({ status: 'cancelled', unsure: true });
    const undone: string[] = [];
    for (;;) {
      const next = run.state.tasks.find(({ status }) => status === 'dispatched');
      if (!next) break;
      undone.push(next.definition.id);
      run.complete(next.definition.id);
    }
    expect(undone).toEqual(['a.undo', 'a..1.y.undo', 'a..1.x.undo']);
    expect(run.state.phase).toBe('cancelled');
  });

  test('waits for what was delegated and is in hand', () => {
    const run = delegating([task('a', { undo })]);
    run.delegate('a', help('a..1.x', { undo }));
    cancel(run);
    expect(run.statuses()).toEqual({ a: 'cancelled', 'a..1.x': 'dispatched' });
    run.complete('a..1.x');
    expect(run.statuses()).toMatchObject({ 'a..1.x': 'completed', 'a.undo': 'dispatched', 'a..1.x.undo': 'waiting' });
  });

  test('takes back what would go on by delegating, and gives it no new tasks', () => {
    const run = delegating([task('a', { undo }), task('b')]);
    run.fail('b', 'data');
    expect(run.state.phase).toBe('compensating');
    run.delegate('a', help('a..1.x'));
    expect(run.statuses()).toMatchObject({ a: 'failed', 'a.undo': 'dispatched' });
    expect(run.state.indexOf.has('a..1.x')).toBe(false);
  });

  test('may delegate itself, with all retries', () => {
    const run = delegating([task('a', { undo }), task('b')]);
    run.complete('a');
    cancel(run);
    run.turn([report([completed('b')])]);
    const { agent } = run.task('a.undo');
    run.turn([report([delegated('a.undo', 1, [help('a.undo..1-call')])], agent)]);
    run.fail('a.undo..1-call', 'recoverable');
    run.wake(60_000);
    run.complete('a.undo..1-call');
    expect(run.task('a.undo')).toMatchObject({ status: 'dispatched', attempt: 2 });
    run.complete('a.undo');
    expect(run.state.phase).toBe('cancelled');
  });
});

describe('a snapshot', () => {
  test('holds all that matters of tasks that were delegated', () => {
    const run = delegating();
    run.delegate('a', help('a..1.x'), help('a..1.y', { dependsOn: ['a..1.x'] }));
    const restored = restoreState(asJson(JSON.parse(JSON.stringify(snapshotState(run.state)))));
    expect(stateText(restored)).toBe(stateText(run.state));
    expect(restored.tasks).toEqual(run.state.tasks);
  });
});

describe('silence', () => {
  test('after a wait goes up the ladder as any other', () => {
    const agents = [...AGENTS, registeredAgent({ name: 'second', capabilities: capable('work') })];
    const run = delegating([task('a', { timeoutSeconds: 10, agent: 'worker' })], {}, { agents });
    run.delegate('a', { id: 'a..1-sleep', sleep: { seconds: 60 } });
    run.wake(60_000);
    expect(run.task('a')).toMatchObject({ agent: 'worker', attempt: 2 });
    for (let silence = 0; silence < 3; silence += 1) run.wake(10_000);
    expect(run.task('a')).toMatchObject({ status: 'suspended', on: { for: 'decision' } });
    run.decide('a', 'retry');
    expect(Object.keys(run.answers('a'))).toEqual(['1-sleep']);
    run.complete('a');
    expect(run.state.phase).toBe('completed');
  });
});
