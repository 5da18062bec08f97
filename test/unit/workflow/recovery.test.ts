import { describe, expect, test } from '@jest/globals';
import type { AgentState } from '../../../lambdas/contracts/health.ts';
import type { SignsOfLife } from '../../../lambdas/workflow/turn.ts';
import { player } from '../../support/engine-player.ts';
import { completed, failed, NOW, RUN_ID, registeredAgent, report, task, workflow } from '../../support/factories.ts';

const one = (more: Parameters<typeof task>[1] = {}) => workflow([task('a', more)]);
const two = [registeredAgent({ name: 'first' }), registeredAgent({ name: 'second' })];
const drained: SignsOfLife = {
  beats: new Map(),
  drained: new Set(['first standard', 'second standard', 'worker standard']),
};
const queued: SignsOfLife = { beats: new Map(), drained: new Set() };
const health = (name: string, fields: object) =>
  registeredAgent({
    name,
    load: {
      ...{ queue_depth: 0, measured_at: NOW },
      health: { agent_id: name, state: 'ready', is_healthy: true, issues: [], since: NOW, ...fields },
    },
  });

describe('a permanent error', () => {
  test('sends the task to every other agent that can do it, once, and then fails', () => {
    const run = player(one(), { agents: two });
    const before = run.task('a').agent;
    run.fail('a');
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 2 });
    expect(run.task('a').agent).not.toBe(before);
    run.fail('a');
    expect(run.state).toMatchObject({ phase: 'failed', error: { code: 'broken' } });
  });

  test('falls back to what the definition says, marked as such', () => {
    const run = player(one({ fallback: { value: 'yesterday' } }));
    run.fail('a');
    expect(run.task('a')).toMatchObject({ status: 'completed', result: { value: 'yesterday' }, degraded: 'fallback' });
    expect(run.state.phase).toBe('completed');
  });

  test('falls back to other work, which has attempts of its own', () => {
    const agents = [
      registeredAgent(),
      registeredAgent({
        name: 'spare',
        capabilities: { easier: { description: '', input_types: [], output_types: [] } },
      }),
    ];
    const run = player(one({ fallback: { type: 'easier' } }), { agents });
    run.fail('a');
    expect(run.task('a')).toMatchObject({ status: 'dispatched', agent: 'spare', attempt: 2 });
    run.complete('a');
    expect(run.task('a')).toMatchObject({ status: 'completed', degraded: 'fallback' });
  });

  test('of the fallback too ends the task with the last error', () => {
    const run = player(one({ fallback: { type: 'work' } }));
    run.fail('a');
    run.fail('a');
    expect(run.state.phase).toBe('failed');
  });

  test('found within the turn falls back within the turn: a vote that is a tie, a type that nobody has', () => {
    const tie = { error: { code: 'tie', class: 'non_recoverable', message: 'a tie' } } as const;
    const vote = { id: 'vote', consensus: {}, dependsOn: ['a'], fallback: { value: 'undecided' } };
    const voting = player(workflow([task('a'), vote]), { evaluations: { vote: tie } });
    voting.complete('a');
    expect(voting.task('vote')).toMatchObject({ status: 'completed', result: { value: 'undecided' } });
    const nobody = player(workflow([task('b', { type: 'magic', input: '{% 1 %}', fallback: { value: 'none' } })]));
    expect(nobody.task('b')).toMatchObject({ status: 'completed', result: { value: 'none' }, degraded: 'fallback' });
  });

  test('of bad data has no fallback: the reason goes back to whoever sent it', () => {
    const run = player(one({ fallback: { value: 0 } }));
    run.fail('a', 'data');
    expect(run.state).toMatchObject({ phase: 'failed', error: { class: 'data' } });
  });

  test('of an optional task degrades the run instead of failing it', () => {
    const run = player(workflow([task('a', { optional: true }), task('b', { dependsOn: ['a'] })]));
    run.fail('a');
    expect(run.statuses()).toEqual({ a: 'failed', b: 'dispatched' });
  });

  test('is put before a person where the definition says so', () => {
    const run = player(one({ escalate: 'person' }));
    run.fail('a');
    expect(run.task('a').on).toMatchObject({ for: 'decision', options: ['retry', 'skip', 'complete', 'fail'] });
    run.decide('a', 'retry');
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 2 });
    run.fail('a');
    run.decide('a', 'complete', { value: 'by hand' });
    expect(run.task('a')).toMatchObject({ status: 'completed', degraded: 'person', result: { value: 'by hand' } });
  });
});

describe('retries', () => {
  test('of a whole run are bounded by its budget, which completed tasks refill', () => {
    const retry = { maxAttempts: 20, intervalSeconds: 0 };
    const run = player(
      workflow([task('a', { retry }), task('b', { retry })], {
        retryBudget: { reserve: 1, ratio: 1 },
        escalate: 'fail',
      }),
    );
    run.fail('a', 'recoverable');
    expect(run.task('a').status).toBe('backoff');
    run.complete('b');
    run.wake(1);
    run.fail('a', 'recoverable');
    run.wake(1);
    run.fail('a', 'recoverable');
    expect(run.state.error).toMatchObject({ code: 'retry_budget_exhausted', details: { cause: 'broken' } });
  });
});

describe('silence', () => {
  test('is answered by the same agent again, then a backup, then a person; the message is kept', () => {
    const run = player(one({ timeoutSeconds: 20 }), { agents: two });
    const first = run.task('a').agent;
    run.wake(20_000);
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 2, agent: first });
    run.wake(20_000);
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 3 });
    expect(run.task('a').agent).not.toBe(first);
    const last = run.wake(20_000);
    expect(last).toContainEqual(expect.objectContaining({ type: 'attempt_failed', parked: true, silent: true }));
    expect(run.task('a').on).toMatchObject({ for: 'decision', error: { code: 'task_timeout' } });
    run.decide('a', 'fail');
    expect(run.state.error?.code).toBe('task_timeout');
  });

  test('is broken by a late report of an earlier attempt: the first completion wins', () => {
    const run = player(one({ timeoutSeconds: 20 }), { agents: two });
    const first = run.task('a').agent ?? '';
    run.wake(20_000);
    run.wake(20_000);
    run.turn([report([completed('a', { attempt: 1 })], first)]);
    expect(run.state.phase).toBe('completed');
  });

  test('after work with outside effects is never repeated blindly, but its late report is believed', () => {
    const agents = [
      registeredAgent({ name: 'payer', effects: 'outside' }),
      registeredAgent({ name: 'other', effects: 'outside' }),
    ];
    const run = player(one({ timeoutSeconds: 20 }), { agents });
    const holder = run.task('a').agent ?? '';
    run.wake(20_000);
    expect(run.task('a').on).toMatchObject({ for: 'decision', error: { code: 'unknown_outcome' } });
    run.turn([report([completed('a')], holder)]);
    expect(run.state.phase).toBe('completed');
  });
});

test('an outcome that nobody knows goes to no other agent and no fallback by itself', () => {
  const run = player(one({ fallback: { value: 0 } }), { agents: two });
  const error = { code: 'unknown_outcome', class: 'non_recoverable', message: 'began, and was not heard of' } as const;
  run.turn([report([failed('a', { error })], run.task('a').agent)]);
  expect(run.task('a')).toMatchObject({ status: 'suspended', attempt: 1, unsure: true });
  expect(run.task('a').on).toMatchObject({ for: 'decision', error });
});

describe('a message that its inbox gave up on', () => {
  const parked = (attempt: number, agent = 'worker', more: { shared?: true } = {}) =>
    ({
      type: 'task_parked',
      payload: { run_id: RUN_ID, task_id: 'a', attempt, agent, reason: 'its worker crashed', ...more },
    }) as const;

  test.each([{}, { shared: true } as const])(
    'leaves nobody knowing what became of work with outside effects: a person is asked, nobody else does it (%j)',
    (more) => {
      const agents = two.map((agent) => ({ ...agent, effects: 'outside' as const }));
      const run = player(one({ fallback: { value: 0 } }), { agents });
      run.turn([parked(1, run.task('a').agent, more)]);
      expect(run.task('a')).toMatchObject({ status: 'suspended', attempt: 1, unsure: true });
      expect(run.task('a').on).toMatchObject({ for: 'decision', error: { code: 'unknown_outcome' } });
    },
  );

  test('falls back where the work may be done twice', () => {
    const run = player(one({ fallback: { value: 0 } }));
    run.turn([parked(1)]);
    expect(run.task('a')).toMatchObject({ status: 'completed', degraded: 'fallback' });
  });
});

describe('signs of life', () => {
  test('that have stopped send the task elsewhere within a minute, long before its time is over', () => {
    const run = player(one(), { agents: two });
    const beating = { ...queued, beats: new Map([[0, NOW + 25_000]]) };
    run.wake(30_000, { signs: beating });
    expect(run.task('a').attempt).toBe(1);
    run.wake(26_000, { signs: beating });
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 2 });
  });

  test('that never came mean that the task is lost, if its message was taken', () => {
    const run = player(one());
    run.wake(30_000, { signs: queued });
    expect(run.task('a').attempt).toBe(1);
    run.wake(20_000, { signs: drained });
    expect(run.task('a').attempt).toBe(2);
  });

  test('are looked for again and again while the task goes on', () => {
    const run = player(one());
    expect(run.state.timer).toBe(NOW + 30_000);
    run.wake(30_000, { signs: queued });
    expect(run.state.timer).toBe(NOW + 50_000);
  });

  test('of an agent that is not well move tasks which have not begun to one that is', () => {
    const run = player(one(), { agents: [registeredAgent({ name: 'ill' })] });
    const agents = [health('ill', { is_healthy: false, issues: ['Message queue overload'] }), health('well', {})];
    run.wake(30_000, { signs: queued, agents });
    expect(run.task('a')).toMatchObject({ agent: 'well', attempt: 2 });
    expect(run.state.retries).toBe(0);
  });

  test('of an agent in maintenance move what has not begun; one that drains finishes what it has, well or not', () => {
    const standsAt = (state: AgentState, is_healthy: boolean) => {
      const run = player(one(), { agents: [registeredAgent({ name: 'out' })] });
      run.wake(30_000, { signs: queued, agents: [health('out', { state, is_healthy }), health('well', {})] });
      return run.task('a').agent;
    };
    expect(standsAt('maintenance', true)).toBe('well');
    expect(standsAt('draining', true)).toBe('out');
    expect(standsAt('draining', false)).toBe('out');
  });

  test('of an ill agent leave its tasks where they are when nobody is better off', () => {
    const ill = { is_healthy: false, issues: ['High error rate'] };
    const run = player(one(), { agents: [registeredAgent({ name: 'ill' })] });
    run.wake(30_000, { signs: queued, agents: [health('ill', ill), health('too', ill)] });
    expect(run.task('a')).toMatchObject({ agent: 'ill', attempt: 1 });
  });
});

describe('an open breaker', () => {
  const open = new Map([['worker', { failures: [], open_until: NOW + 60_000 }]]);

  test('holds work back until it may close, and says so', () => {
    const run = player(one(), { context: { breakers: open } });
    expect(run.task('a')).toMatchObject({ status: 'suspended', attempt: 0, on: { for: 'agent' } });
    expect(run.task('a').on).toMatchObject({ reason: expect.stringContaining('worker') });
    expect(run.state.timer).toBe(NOW + 60_000);
  });

  test('lets one task through as a probe when its time is over', () => {
    const wide = workflow([task('a'), task('b')]);
    const run = player(wide, { context: { breakers: open } });
    run.wake(60_000);
    const statuses = Object.values(run.statuses());
    expect(statuses.filter((status) => status === 'dispatched')).toHaveLength(1);
    expect(run.state.tasks.filter(({ probe }) => probe)).toHaveLength(1);
  });

  test('sends work to another agent that can do it', () => {
    const run = player(one(), {
      agents: two,
      context: { breakers: new Map([['first', { failures: [], open_until: NOW + 60_000 }]]) },
    });
    expect(run.task('a').agent).toBe('second');
  });
});

describe('compensation', () => {
  const undo = { type: 'work' };
  const trip = workflow([
    task('hotel', { undo }),
    task('car', { undo, dependsOn: ['hotel'] }),
    task('flight', { undo, dependsOn: ['car'] }),
    task('note', {}),
  ]);

  test('takes back what was done, the last first, and then the run has failed', () => {
    const run = player(trip);
    run.complete('hotel', 'car', 'note');
    run.fail('flight', 'data');
    expect(run.state.phase).toBe('compensating');
    expect(run.statuses()).toMatchObject({ 'car.undo': 'dispatched', 'hotel.undo': 'waiting' });
    run.complete('car.undo');
    expect(run.statuses()).toMatchObject({ 'hotel.undo': 'dispatched' });
    run.complete('hotel.undo');
    expect(run.state).toMatchObject({ phase: 'failed', error: { message: 'it broke' } });
    expect(run.state.indexOf.has('note.undo')).toBe(false);
  });

  test('waits for work in flight, and takes it back as well', () => {
    const run = player(workflow([task('a', { undo }), task('b', { undo })]));
    run.fail('a', 'data');
    expect(run.state.phase).toBe('compensating');
    expect(run.state.undoPlanned).toBeUndefined();
    run.complete('b');
    expect(run.task('b.undo').status).toBe('dispatched');
    run.complete('b.undo');
    expect(run.state.phase).toBe('failed');
  });

  test('takes back what may have been done: work that was never heard of again', () => {
    const run = player(workflow([task('a', { undo, timeoutSeconds: 20 }), task('b')]));
    run.fail('b', 'data');
    run.wake(20_000);
    expect(run.task('a').status).toBe('dispatched');
    run.wake(30_000);
    expect(run.task('a.undo').status).toBe('dispatched');
  });

  test('moves nothing that it waits for to an agent that is better off', () => {
    const run = player(workflow([task('a', { undo }), task('b')]), { agents: [registeredAgent({ name: 'ill' })] });
    run.fail('b', 'data');
    const agents = [health('ill', { is_healthy: false, issues: ['Message queue overload'] }), health('well', {})];
    run.wake(30_000, { signs: queued, agents });
    expect(run.task('a')).toMatchObject({ status: 'dispatched', agent: 'ill', attempt: 1 });
  });

  test('takes back work that was done though its answer could not be used: tasks it added that can not run', () => {
    const run = player(workflow([task('a', { undo })]));
    run.turn([report([completed('a', { tasks: [task('b', { dependsOn: ['nobody'] })] })])]);
    expect(run.statuses()).toEqual({ a: 'failed', 'a.undo': 'dispatched' });
    run.complete('a.undo');
    expect(run.state).toMatchObject({ phase: 'failed', error: { class: 'data' } });
  });

  test('takes back nothing of work that failed and says so', () => {
    const run = player(workflow([task('a', { undo })]));
    run.fail('a', 'data');
    expect(run.statuses()).toEqual({ a: 'failed' });
  });

  test('retries an undo, and goes on without one that can not be done', () => {
    const run = player(trip);
    run.complete('hotel', 'car', 'note');
    run.fail('flight', 'data');
    run.fail('car.undo', 'recoverable');
    expect(run.task('car.undo').status).toBe('backoff');
    run.wake(2_000);
    run.fail('car.undo', 'data');
    expect(run.statuses()).toMatchObject({ 'car.undo': 'failed', 'hotel.undo': 'dispatched' });
    run.complete('hotel.undo');
    expect(run.state.phase).toBe('failed');
  });

  test('follows a cancel and a deadline too', () => {
    const cancelled = player(trip);
    cancelled.complete('hotel');
    cancelled.turn([
      {
        type: 'cancel_run',
        payload: { run_id: cancelled.state.runId, reason: 'changed my mind', requested_by: 'ann' },
      },
    ]);
    cancelled.complete('car', 'note');
    expect(cancelled.statuses()).toMatchObject({ flight: 'cancelled', 'car.undo': 'dispatched' });
    cancelled.complete('car.undo', 'hotel.undo');
    expect(cancelled.state).toMatchObject({ phase: 'cancelled', cancelReason: 'changed my mind' });

    const late = player(
      workflow([task('a', { undo }), { id: 'wait', waitFor: { event: 'never' } }], { timeoutSeconds: 60 }),
    );
    late.complete('a');
    late.wake(60_000);
    late.complete('a.undo');
    expect(late.state).toMatchObject({ phase: 'failed', error: { code: 'workflow_deadline' } });
  });

  test('has nothing to do where nothing was done: the run ends at once', () => {
    const run = player(workflow([task('a'), task('b', { undo, dependsOn: ['a'] })]));
    run.fail('a', 'data');
    expect(run.state.phase).toBe('failed');
    expect(run.statuses()).toEqual({ a: 'failed', b: 'cancelled' });
  });
});
