import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../lambdas/workflow/decide.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import { evolve } from '../../../lambdas/workflow/evolve.ts';
import { newRun, type RunState } from '../../../lambdas/workflow/state.ts';
import type { TurnContext, TurnInput } from '../../../lambdas/workflow/turn.ts';
import {
  completed,
  failed,
  NOW,
  RUN_ID,
  registeredAgent,
  report,
  startRun,
  task,
  turnContext,
  workflow,
} from '../../support/factories.ts';

/** Plays turns one after another and keeps what each decided. */
function play(...turns: Array<[inputs: TurnInput[], context?: Partial<TurnContext>]>): {
  state: RunState;
  events: RunEvent[];
  last: RunEvent[];
} {
  let state = newRun(RUN_ID);
  const events: RunEvent[] = [];
  let last: RunEvent[] = [];
  for (const [inputs, context] of turns) {
    const decision = decide(state, inputs, turnContext(context));
    state = decision.state;
    last = decision.events;
    events.push(...last);
  }
  return { state, events, last };
}

const types = (events: readonly RunEvent[]): string[] => events.map((event) => event.type);
const statusOf = (state: RunState, id: string): string | undefined => state.tasks[state.indexOf.get(id) ?? -1]?.status;
const diamond = workflow([
  task('a'),
  task('b', { dependsOn: ['a'] }),
  task('c', { dependsOn: ['a'] }),
  task('d', { dependsOn: ['b', 'c'] }),
]);

describe('a run', () => {
  test('starts by dispatching the tasks that depend on nothing, and arms one timer', () => {
    const { events, state } = play([[startRun(diamond)]]);
    expect(types(events)).toEqual(['run_started', 'tasks_dispatched', 'timer_armed']);
    expect(events[1]).toMatchObject({ agent: 'worker', lane: 'standard', attempt: 1, tasks: [0] });
    expect(events[2]).toEqual({ type: 'timer_armed', at: NOW + 30_000 });
    expect(statusOf(state, 'd')).toBe('waiting');
  });

  test('dispatches a task when the last of its dependencies completes, both in one event', () => {
    const { last, state } = play([[startRun(diamond)]], [[report([completed('a')])]], [[report([completed('b')])]]);
    expect(types(last)).toEqual(['tasks_completed']);
    const end = decide(state, [report([completed('c')])], turnContext());
    expect(types(end.events)).toEqual(['tasks_completed', 'tasks_dispatched']);
    expect(statusOf(end.state, 'd')).toBe('dispatched');
  });

  test('completes when every task has', () => {
    const { last, state } = play(
      [[startRun(diamond)]],
      [[report([completed('a')])]],
      [[report([completed('b'), completed('c')])]],
      [[report([completed('d')])]],
    );
    expect(types(last)).toEqual(['tasks_completed', 'run_completed']);
    expect(state.phase).toBe('completed');
  });

  test('is the fold of its events: the decided state and the evolved one agree', () => {
    const { events, state } = play([[startRun(diamond)]], [[report([completed('a')])]], [[report([failed('b')])]]);
    expect(evolve(newRun(RUN_ID), events, NOW)).toEqual(state);
  });

  test('leaves the state it was given as it was', () => {
    const { state } = play([[startRun(diamond)]]);
    const before = structuredClone(state);
    decide(state, [report([completed('a')])], turnContext());
    expect(state).toEqual(before);
  });

  test('takes a repeated start only as a new task token', () => {
    const { last, state } = play([[startRun(diamond, { token: 'one' })]], [[startRun(diamond, { token: 'two' })]]);
    expect(last).toEqual([{ type: 'token_replaced', taskToken: 'two' }]);
    expect(state.taskToken).toBe('two');
  });

  test('that was cancelled before it started ends as soon as it does', () => {
    const cancel: TurnInput = {
      type: 'cancel_run',
      payload: { run_id: RUN_ID, reason: 'too late', requested_by: 'me' },
    };
    const { events, state } = play([[cancel]], [[startRun(diamond)]]);
    expect(types(events)).toEqual(['cancel_requested', 'run_started', 'run_cancelled']);
    expect(state.phase).toBe('cancelled');
  });

  test('that has ended ignores whatever still comes in', () => {
    const cancel: TurnInput = { type: 'cancel_run', payload: { run_id: RUN_ID, reason: 'stop', requested_by: 'me' } };
    const { state } = play([[startRun(diamond)]], [[cancel]]);
    const later = decide(
      state,
      [report([completed('a')]), { type: 'wake_run' }, cancel],
      turnContext({ now: NOW + 1e9 }),
    );
    expect(later.events).toEqual([]);
  });

  test('fails at its deadline and names it', () => {
    const { last } = play([[startRun(diamond)]], [[{ type: 'wake_run' }], { now: NOW + 3_600_000 }]);
    expect(last.at(-1)).toMatchObject({ type: 'run_failed', error: { code: 'workflow_deadline' } });
  });
});

describe('a failing task', () => {
  const one = workflow([task('a', { retry: { maxAttempts: 2, intervalSeconds: 10 } })]);

  test('is tried again after a backoff with jitter, under the next attempt number', () => {
    const { last } = play([[startRun(one)]], [[report([failed('a')])]]);
    expect(last[0]).toMatchObject({ type: 'attempt_failed', attempt: 1, willRetry: true });
    expect(last[1]).toEqual({ type: 'retry_scheduled', task: 0, attempt: 2, at: NOW + 5_000 });
    expect(last[2]).toEqual({ type: 'timer_armed', at: NOW + 5_000 });
  });

  test('is dispatched again when its backoff is over, not before', () => {
    const early = play([[startRun(one)]], [[report([failed('a')])]], [[{ type: 'wake_run' }], { now: NOW + 4_999 }]);
    expect(early.last).toEqual([]);
    const due = decide(early.state, [{ type: 'wake_run' }], turnContext({ now: NOW + 5_000 }));
    expect(types(due.events)).toEqual(['timer_fired', 'retry_due', 'tasks_dispatched', 'timer_armed']);
    expect(due.events[2]).toMatchObject({ attempt: 2 });
  });

  test('that must not wait for anybody fails its run when its attempts are used up', () => {
    const { state } = play(
      [[startRun({ ...one, escalate: 'fail' })]],
      [[report([failed('a')])]],
      [[{ type: 'wake_run' }], { now: NOW + 5_000 }],
    );
    const end = decide(state, [report([failed('a', { attempt: 2 })])], turnContext({ now: NOW + 6_000 }));
    expect(types(end.events)).toEqual(['attempt_failed', 'task_failed', 'run_failed']);
    expect(end.events[2]).toMatchObject({ task: 0, error: { code: 'flaky' } });
  });

  test.each(['data', 'non_recoverable'] as const)('of class %s is not tried again', (errorClass) => {
    const error = { code: 'no', class: errorClass, message: 'never' };
    const { last } = play([[startRun(one)]], [[report([failed('a', { error })])]]);
    expect(types(last)).toEqual(['attempt_failed', 'task_failed', 'run_failed']);
  });

  test('that does not answer in time counts as a failed attempt', () => {
    const { last } = play([[startRun(one)]], [[{ type: 'wake_run' }], { now: NOW + 300_000 }]);
    expect(last[1]).toMatchObject({ type: 'attempt_failed', error: { code: 'task_timeout' }, willRetry: true });
  });

  test('with outside effects is not repeated when it did not answer: they may have happened', () => {
    const agents = [registeredAgent({ effects: 'outside' })];
    const { last } = play([[startRun(one)], { agents }], [[{ type: 'wake_run' }], { agents, now: NOW + 300_000 }]);
    expect(last[1]).toMatchObject({ type: 'attempt_failed', error: { code: 'unknown_outcome' }, willRetry: false });
    expect(last[2]).toMatchObject({
      type: 'task_suspended',
      on: { for: 'decision', error: { code: 'unknown_outcome' } },
    });
  });

  test('whose message was parked is put before a person, with the reason', () => {
    const payload = { run_id: RUN_ID, task_id: 'a', attempt: 1, agent: 'worker', reason: 'crashed three times' };
    const { last } = play([[startRun(one)]], [[{ type: 'task_parked', payload }]]);
    expect(last.at(-1)).toMatchObject({
      type: 'task_suspended',
      on: { for: 'decision', error: { code: 'task_parked' } },
    });
  });

  test('whose message was parked together with others has another attempt', () => {
    const payload = { run_id: RUN_ID, task_id: 'a', attempt: 1, agent: 'worker', reason: 'crashed', shared: true };
    const { last } = play([[startRun(one)]], [[{ type: 'task_parked', payload }]]);
    expect(last).toMatchObject([
      { type: 'attempt_failed', error: { code: 'task_parked' }, willRetry: true },
      { type: 'retry_scheduled', attempt: 2 },
      { type: 'timer_armed' },
    ]);
  });
});

describe('a report', () => {
  const pair = workflow([task('a'), task('b')]);

  test('that comes twice counts once', () => {
    const { last } = play([[startRun(pair)]], [[report([completed('a')]), report([completed('a')])]]);
    expect(types(last)).toEqual(['tasks_completed']);
  });

  test('that says two things of one attempt counts for the first: a completed task stays completed', () => {
    const { last, state } = play([[startRun(pair)]], [[report([completed('a'), failed('a')])]]);
    expect(types(last)).toEqual(['tasks_completed']);
    expect(statusOf(state, 'a')).toBe('completed');
    const other = play([[startRun(pair)]], [[report([failed('a'), completed('a')])]]);
    expect(types(other.last)).toEqual(['attempt_failed', 'retry_scheduled', 'timer_armed']);
  });

  test('that completes a task which was given up still counts: the first completion wins', () => {
    const { last, state } = play([[startRun(pair)]], [[report([failed('a')])]], [[report([completed('a')])]]);
    expect(types(last)).toEqual(['tasks_completed']);
    expect(statusOf(state, 'a')).toBe('completed');
  });

  test('of a failure counts only for the attempt that is awaited: the attempt number is the fence', () => {
    const { state } = play([[startRun(pair)]], [[report([failed('a')])]]);
    expect(decide(state, [report([failed('a')])], turnContext()).events).toEqual([]);
  });

  test('by an agent that does not hold the task is refused and journaled', () => {
    const { last, state } = play([[startRun(pair)]], [[report([completed('a')], 'intruder')]]);
    expect(last).toMatchObject([{ type: 'message_refused', code: 'not_the_holder' }]);
    expect(statusOf(state, 'a')).toBe('dispatched');
  });

  test('in the name of another agent is refused', () => {
    const { last } = play([[startRun(pair)]], [[report([completed('a')], 'worker', 'intruder')]]);
    expect(last).toMatchObject([{ type: 'message_refused', code: 'sender_mismatch' }]);
  });

  test('on a task that the run does not have is refused', () => {
    const { last } = play([[startRun(pair)]], [[report([completed('z')])]]);
    expect(last).toMatchObject([{ type: 'message_refused', code: 'unknown_task' }]);
  });

  test('may add tasks: they and the completion are one step', () => {
    const tasks = [task('c', { dependsOn: ['a'] }), task('e', { dependsOn: ['c', 'b'] })];
    const { last, state } = play([[startRun(pair)]], [[report([completed('a', { tasks })])]]);
    expect(types(last)).toEqual(['tasks_added', 'tasks_completed', 'tasks_dispatched']);
    expect(statusOf(state, 'c')).toBe('dispatched');
    expect(statusOf(state, 'e')).toBe('waiting');
  });

  test.each([
    ['depend on what is not there', [task('c', { dependsOn: ['nowhere'] })]],
    ['go round in a circle', [task('c', { dependsOn: ['e'] }), task('e', { dependsOn: ['c'] })]],
    ['have an id that is taken', [task('b')]],
    ['nobody can do', [task('c', { type: 'magic' })]],
  ])('whose added tasks %s fails its task and adds nothing', (_, tasks) => {
    const { last, state } = play([[startRun(pair)]], [[report([completed('a', { tasks })])]]);
    expect(types(last)).toEqual(['attempt_failed', 'task_failed', 'run_failed']);
    expect(state.tasks).toHaveLength(2);
  });
});

describe('dispatch', () => {
  test('sends urgent tasks first and in the express lane', () => {
    const mixed = workflow([task('slow', { priority: 1 }), task('now', { priority: 4 })]);
    const { events } = play([[startRun(mixed)]]);
    const dispatched = events.filter((event) => event.type === 'tasks_dispatched');
    expect(dispatched).toMatchObject([
      { lane: 'express', tasks: [1] },
      { lane: 'standard', tasks: [0] },
    ]);
  });

  test('stops at 500 tasks a turn and says that more is ready', () => {
    const wide = workflow(Array.from({ length: 600 }, (_, index) => task(`t${index}`)));
    const first = decide(newRun(RUN_ID), [startRun(wide)], turnContext());
    expect(first.more).toBe(true);
    expect(first.state.ready).toHaveLength(100);
    const second = decide(first.state, [{ type: 'wake_run' }], turnContext());
    expect(second.more).toBe(false);
    expect(second.state.ready).toHaveLength(0);
  });

  test('chooses the least loaded of the capable agents, counting what it sends itself', () => {
    const load = (queue_depth: number) => ({ queue_depth, measured_at: NOW });
    const agents = [registeredAgent({ name: 'busy', load: load(3) }), registeredAgent({ name: 'idle', load: load(1) })];
    const wide = workflow(Array.from({ length: 6 }, (_, index) => task(`t${index}`)));
    const { state } = play([[startRun({ ...wide, select: 'least_loaded' })], { agents }]);
    expect(Object.fromEntries(state.inFlight)).toEqual({ idle: 4, busy: 2 });
    expect(state.tasks[0]?.why).toBe('least loaded of 2');
  });

  test('fails a task that no agent can do, with what to do about it', () => {
    const { last } = play([[startRun(workflow([task('a', { type: 'magic' })]))]]);
    expect(last).toMatchObject([
      { type: 'run_started' },
      { type: 'task_failed', error: { code: 'no_capable_agent' } },
      { type: 'run_failed' },
    ]);
  });

  test('asks for what expressions say before it dispatches, and fails the task when one is bad', () => {
    const asking = workflow([task('a', { input: { n: '{% $input.n %}' } })]);
    const first = decide(newRun(RUN_ID), [startRun(asking)], turnContext());
    expect(first.questions.evaluate).toEqual([0]);
    const error = { code: 'bad_expression', class: 'data', message: 'no' } as const;
    const second = decide(first.state, [], turnContext({ evaluated: new Map([['0', { error }]]) }));
    expect(second.events).toMatchObject([
      { type: 'task_failed', task: 0, error },
      { type: 'run_failed', task: 0, error },
    ]);
  });

  test('gives no attempt more time than its run has', () => {
    const { events } = play([[startRun(workflow([task('a')], { timeoutSeconds: 60 }))]]);
    expect(events[1]).toMatchObject({ type: 'tasks_dispatched', notAfter: NOW + 60_000 });
  });
});
