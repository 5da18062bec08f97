import { describe, expect, test } from '@jest/globals';
import type { RunEdit } from '../../../lambdas/contracts/control.ts';
import type { JsonObject } from '../../../lambdas/contracts/json.ts';
import type { WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { restoreState, snapshotState } from '../../../lambdas/workflow/snapshot.ts';
import { player } from '../../support/engine-player.ts';
import { completed, NOW, RUN_ID, registeredAgent, report, task, workflow } from '../../support/factories.ts';

type Run = ReturnType<typeof player>;
let requests = 0;

function change(
  run: Run,
  edit: RunEdit,
  more: { definition?: WorkflowDefinition; stay_paused?: true; id?: string } = {},
) {
  requests += 1;
  const { id = `edit-${requests}`, ...rest } = more;
  const payload = { run_id: RUN_ID, request_id: id, requested_by: 'ann', reason: 'wrong table', edit, ...rest };
  return run.turn([{ type: 'resume_run', messageId: 'm', payload }]);
}
const resume = (run: Run) => {
  requests += 1;
  const payload = { run_id: RUN_ID, request_id: `resume-${requests}`, requested_by: 'ann', reason: '' };
  return run.turn([{ type: 'resume_run', messageId: 'm', payload }]);
};
const pause = (run: Run) =>
  run.turn([
    {
      type: 'pause_run',
      messageId: 'p',
      payload: { run_id: RUN_ID, reason: '', requested_by: 'ann', request_id: 'p' },
    },
  ]);
const late = (id: string, attempt: number, agent = 'worker') => report([completed(id, { attempt })], agent);

const schema: JsonObject = {
  type: 'object',
  properties: { table: { type: 'string' } },
  required: ['table'],
  additionalProperties: false,
};
const capability = { description: '', input_types: [], output_types: [], input_schema: schema };
const agents = [
  registeredAgent({ capabilities: { work: capability } }),
  registeredAgent({
    name: 'backup',
    capabilities: { work: capability },
    parameters: { schema: { type: 'object', properties: { model: { type: 'string' } } }, defaults: { model: 'small' } },
  }),
  registeredAgent({ name: 'painter', capabilities: { paint: capability } }),
];
const input = { table: 'flights' };
const chain = (overrides: Partial<WorkflowDefinition> = {}) =>
  workflow(
    [task('a', { input }), task('b', { input, dependsOn: ['a'] }), task('c', { input, dependsOn: ['b'] })],
    overrides,
  );

/** `a` is done, `b` has used up its retries: the run is paused. */
function paused(definition = chain()): Run {
  const run = player(definition, { agents });
  run.complete('a');
  run.wake(0);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    run.fail('b', 'recoverable');
    run.wake(60_000);
  }
  return run;
}

/** `a` is done, `b` failed for good and the run with it. */
function failed(definition = chain()): Run {
  const run = player(definition, { agents });
  run.complete('a');
  run.fail('b', 'data');
  return run;
}

describe('a change of a paused run', () => {
  test('of input, agent and retries: the task begins anew with it, and what is done stays', () => {
    const run = paused();
    change(run, { tasks: { b: { input: { table: 'birds' }, agent: 'backup', retry: { maxAttempts: 7 } } } });
    expect(run.task('a').status).toBe('completed');
    expect(run.task('b')).toMatchObject({
      status: 'dispatched',
      agent: 'backup',
      attempt: 4,
      definition: { input: { table: 'birds' }, retry: { maxAttempts: 7 } },
    });
  });

  test('fences the attempts before it: a late report of them counts for nothing', () => {
    const run = paused();
    const [first] = run.task('b').holders ?? [];
    change(run, { tasks: { b: { input: { table: 'birds' } } } });
    expect(run.turn([late('b', 1, first)])).toEqual([]);
    run.complete('b');
    expect(run.task('b')).toMatchObject({ status: 'completed', attempt: 4 });
  });

  test('closes the question about the task', () => {
    const run = paused();
    change(run, { tasks: { b: { timeoutSeconds: 60 } } }, { stay_paused: true });
    expect(run.state.paused).toBeUndefined();
    expect(run.decide('b', 'complete', { value: 'x' })).toMatchObject([{ code: 'decision_refused' }]);
  });

  test('only, while it stays paused', () => {
    const run = player(chain(), { agents });
    pause(run);
    run.complete('a');
    change(run, { tasks: { b: { agent: 'backup' } } }, { stay_paused: true });
    expect(run.task('b').status).toBe('ready');
    resume(run);
    expect(run.task('b').agent).toBe('backup');
  });

  test('counts once, however often it is delivered', () => {
    const run = paused();
    change(run, { tasks: { b: { agent: 'backup' } } }, { id: 'same' });
    expect(change(run, { tasks: { b: { agent: 'worker' } } }, { id: 'same' })).toEqual([]);
  });

  test('of the input is seen by what has not begun', () => {
    const run = paused();
    change(run, { input: { day: '2026-02-01' } });
    expect(run.state.input).toEqual({ day: '2026-02-01' });
  });

  test('of parameters is kept with the run, one over the other', () => {
    const run = paused();
    change(run, { parameters: { backup: { model: 'large' } } }, { stay_paused: true });
    expect(run.state.parameters).toEqual({ backup: { model: 'large' } });
  });

  test('of a forEach changes those of its tasks that are not done', () => {
    const each = workflow([task('each', { forEach: { items: [1, 2] }, input, retry: { maxAttempts: 1 } })]);
    const run = player(each, { agents });
    run.complete('each.0');
    run.fail('each.1', 'recoverable');
    change(run, { tasks: { each: { agent: 'backup' } } });
    expect(run.task('each.0').agent).not.toBeUndefined();
    expect(run.task('each.1')).toMatchObject({ status: 'dispatched', agent: 'backup', attempt: 2 });
    run.complete('each.1');
    expect(run.state.phase).toBe('completed');
  });
});

describe('one fault, and nothing changes:', () => {
  const good = { b: { agent: 'backup' } };
  const cases: ReadonlyArray<[string, RunEdit, string, string]> = [
    ['no such task', { tasks: { ...good, x: { agent: 'backup' } } }, 'unknown_task', 'no task "x"'],
    ['a task that is done', { tasks: { ...good, a: { agent: 'backup' } } }, 'task_over', 'completed'],
    ['no such agent', { tasks: { ...good, c: { agent: 'bakup' } } }, 'unknown_agent', 'backup'],
    [
      'an agent that can not do it',
      { tasks: { ...good, c: { agent: 'painter' } } },
      'unknown_agent',
      'capability "work"',
    ],
    ['an input that no agent takes', { tasks: { ...good, c: { input: { tabel: 'x' } } } }, 'invalid_input', 'table'],
    [
      'an expression that reads what it does not depend on',
      { tasks: { ...good, c: { input: '{% $results.a %}' } } },
      'unknown_result',
      '"a"',
    ],
    ['no such agent for parameters', { tasks: good, parameters: { nobody: {} } }, 'unknown_agent', 'nobody'],
    [
      'an agent without parameters',
      { tasks: good, parameters: { worker: { model: 'x' } } },
      'unknown_parameter',
      'worker',
    ],
    ['parameters of the wrong type', { tasks: good, parameters: { backup: { model: 3 } } }, 'invalid_input', 'model'],
    ['a version that is not there', { tasks: good, version: 9 }, 'unknown_version', 'version 9'],
    ['nothing to change', {}, 'empty_edit', 'say what'],
  ];

  test.each(cases)('%s', (_, edit, code, reason) => {
    const run = paused(chain({ input: { type: 'object' } }));
    const before = run.state;
    const events = change(run, edit);
    expect(events).toMatchObject([{ type: 'message_refused', request: 'edit', code, by: 'ann' }]);
    expect(events[0]).toMatchObject({ reason: expect.stringContaining(reason) });
    expect(run.state).toEqual({ ...before, received: run.state.received });
  });

  test('a task that somebody works on', () => {
    const run = player(chain(), { agents });
    pause(run);
    expect(change(run, { tasks: { a: { agent: 'backup' }, b: { agent: 'backup' } } })).toMatchObject([
      { type: 'message_refused', code: 'task_at_work' },
    ]);
  });

  test('an input that does not fit the workflow', () => {
    const run = paused(chain({ input: schema }));
    expect(change(run, { input: { table: 3 } })).toMatchObject([{ code: 'invalid_input' }]);
  });

  test('a run that is not paused', () => {
    const run = player(chain(), { agents });
    expect(change(run, { tasks: good })).toMatchObject([{ code: 'not_paused', request: 'edit' }]);
  });
});

describe('another version', () => {
  const next = (tasks: Parameters<typeof workflow>[0]) => workflow(tasks, { version: 2 });

  test('keeps what is done, takes the rest from it, and drops what it does not have', () => {
    const run = paused();
    const definition = next([
      task('a', { input }),
      task('fix', { input, dependsOn: ['a'] }),
      task('b', { input: { table: 'birds' }, dependsOn: ['fix'] }),
    ]);
    change(run, { version: 2 }, { definition });
    expect(run.statuses()).toEqual({ a: 'completed', b: 'waiting', c: 'cancelled', fix: 'dispatched' });
    run.complete('fix');
    run.complete('b');
    expect(run.state.phase).toBe('completed');
    expect(run.task('b').attempt).toBe(4);
  });

  test('leaves alone what it has unchanged, work under way included', () => {
    const wide = (version: number, more = {}) =>
      workflow([task('x', { input }), task('y', { input }), task('z', { input, ...more, dependsOn: ['x', 'y'] })], {
        version,
      });
    const run = player(wide(1), { agents });
    pause(run);
    run.complete('x');
    change(run, { version: 2 }, { definition: wide(2, { agent: 'backup' }) });
    expect(run.task('y')).toMatchObject({ status: 'dispatched', attempt: 1 });
    run.complete('y');
    expect(run.task('z').agent).toBe('backup');
  });

  test.each([
    ['that has lost what is done', next([task('b', { input }), task('c', { input })]), 'task_lost'],
    ['of another workflow', { ...next([task('a', { input })]), name: 'other' }, 'other_workflow'],
  ])('%s is refused', (_, definition, code) => {
    const run = paused();
    const before = run.state;
    expect(change(run, { version: 2 }, { definition })).toMatchObject([{ type: 'message_refused', code }]);
    expect(run.state).toEqual({ ...before, received: run.state.received });
  });

  test('that has changed what somebody works on is refused', () => {
    const run = player(chain(), { agents });
    pause(run);
    const definition = next([task('a', { input: { table: 'birds' } })]);
    expect(change(run, { version: 2 }, { definition })).toMatchObject([{ code: 'task_at_work' }]);
  });

  test('may change the limits of groups', () => {
    const members = [1, 2, 3].map((n) => task(`m${n}`, { input, group: 'g' }));
    const run = player(workflow(members, { groups: { g: { limit: 1 } } }), { agents });
    pause(run);
    change(run, { version: 2 }, { definition: workflow(members, { version: 2, groups: { g: { limit: 3 } } }) });
    expect(run.statuses()).toEqual({ m1: 'dispatched', m2: 'dispatched', m3: 'dispatched' });
  });
});

describe('a run that has failed', () => {
  test('goes on where it failed, with a deadline of its own; what is done stays', () => {
    const run = failed();
    run.wake(9_000_000);
    resume(run);
    expect(run.statuses()).toEqual({ a: 'completed', b: 'dispatched', c: 'waiting' });
    expect(run.state).toMatchObject({ phase: 'running', deadline: NOW + 9_000_000 + 3_600_000 });
    expect(run.state.error).toBeUndefined();
    run.complete('b');
    run.complete('c');
    expect(run.state.phase).toBe('completed');
  });

  test('goes on with what was changed of it', () => {
    const run = failed();
    const events = change(run, { tasks: { b: { input: { table: 'birds' } }, c: { agent: 'backup' } } });
    expect(events.map(({ type }) => type).slice(0, 2)).toEqual(['run_reopened', 'run_edited']);
    run.complete('b');
    expect(run.task('c').agent).toBe('backup');
  });

  test('ignores late reports of attempts from before', () => {
    const wide = workflow([task('x', { input }), task('y', { input })]);
    const run = player(wide, { agents });
    const holder = run.task('y').agent;
    run.fail('x', 'data');
    resume(run);
    expect(run.task('y')).toMatchObject({ status: 'dispatched', attempt: 2 });
    expect(run.turn([late('y', 1, holder)])).toEqual([]);
    run.complete('x', 'y');
    expect(run.state.phase).toBe('completed');
  });

  test('may be changed first and stay paused', () => {
    const run = failed();
    change(run, { tasks: { b: { agent: 'backup' } } }, { stay_paused: true });
    expect(run.state).toMatchObject({ phase: 'running', paused: { by: 'ann' } });
    expect(run.task('b').status).toBe('ready');
  });

  test('of many items makes only those again that were not done', () => {
    const each = workflow([
      task('each', { forEach: { items: [1, 2, 3] }, input }),
      task('after', { input, dependsOn: ['each'] }),
    ]);
    const run = player(each, { agents });
    run.complete('each.0');
    run.fail('each.1', 'data');
    expect(run.state.phase).toBe('failed');
    resume(run);
    expect(run.statuses()).toMatchObject({ 'each.0': 'completed', 'each.1': 'dispatched', 'each.2': 'dispatched' });
    run.complete('each.1', 'each.2', 'after');
    expect(run.state.phase).toBe('completed');
  });

  test('looks at conditions again where its input has changed', () => {
    const run = player(
      workflow([task('a', { input }), task('b', { input, dependsOn: ['a'], when: '{% $input.go %}' })]),
      { agents, evaluations: { b: { when: false } } },
    );
    run.fail('a', 'data');
    resume(run);
    run.complete('a');
    expect(run.task('b').status).toBe('skipped');
  });

  test('asks before it repeats what may have had effects outside', () => {
    const pay = [
      registeredAgent({ effects: 'outside' }),
      registeredAgent({ name: 'other', capabilities: { paint: capability } }),
    ];
    const run = player(workflow([task('x', { type: 'paint', input }), task('pay')]), { agents: pay });
    run.fail('x', 'data');
    resume(run);
    expect(run.task('x').status).toBe('dispatched');
    expect(run.task('pay')).toMatchObject({ status: 'suspended', on: { error: { code: 'unknown_outcome' } } });
    run.decide('pay', 'retry');
    expect(run.task('pay')).toMatchObject({ status: 'dispatched', attempt: 2 });
  });

  test('whose unknown outcome is asked about asks again, with a new question, when it is changed', () => {
    const pay = [registeredAgent({ effects: 'outside' })];
    const run = player(workflow([task('pay')]), { agents: pay });
    run.wake(301_000);
    expect(run.task('pay').on).toMatchObject({ id: 'pay#1', error: { code: 'unknown_outcome' } });
    pause(run);
    change(run, { tasks: { pay: { input: { amount: 3 } } } });
    expect(run.task('pay')).toMatchObject({ status: 'suspended', on: { id: 'pay#2' } });
    expect(run.decide('pay', 'retry', { decision_id: 'pay#1' })).toMatchObject([{ type: 'message_refused' }]);
    run.decide('pay', 'retry');
    expect(run.task('pay').status).toBe('dispatched');
  });

  test('whose work was undone is not taken up again', () => {
    const run = player(workflow([task('a', { undo: { type: 'work' } }), task('b', { dependsOn: ['a'] })]));
    run.complete('a');
    run.fail('b', 'data');
    expect(resume(run)).toMatchObject([{ code: 'run_compensating' }]);
    run.complete('a.undo');
    expect(resume(run)).toMatchObject([{ code: 'run_undone', reason: expect.stringContaining('fork it') }]);
  });

  test('or was cancelled goes on as well', () => {
    const run = player(chain(), { agents });
    run.turn([{ type: 'cancel_run', payload: { run_id: RUN_ID, reason: 'oops', requested_by: 'ann' } }]);
    resume(run);
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 2 });
    expect(run.state.cancelReason).toBeUndefined();
  });

  test('is the same when it is read from a snapshot', () => {
    const run = failed();
    change(run, { tasks: { b: { agent: 'backup' } }, parameters: { backup: { model: 'large' } } });
    const stored: unknown = JSON.parse(JSON.stringify(snapshotState(run.state)));
    expect(restoreState(stored)).toEqual(run.state);
  });

  test('takes events that came before it failed', () => {
    const run = player(
      workflow([task('a', { input }), task('wait', { type: undefined, waitFor: { event: 'go' }, dependsOn: ['a'] })]),
      { agents },
    );
    run.signal('go', 'early');
    run.fail('a', 'data');
    resume(run);
    run.complete('a');
    expect(run.task('wait').result).toEqual({ value: 'early' });
  });
});
