import { describe, expect, test } from '@jest/globals';
import type { TurnInput } from '../../../lambdas/workflow/turn.ts';
import { player } from '../../support/engine-player.ts';
import { completed, NOW, RUN_ID, registeredAgent, report, startRun, task, workflow } from '../../support/factories.ts';

const pause = (requested_by = 'ann', request_id = `pause-${requested_by}`): TurnInput => ({
  type: 'pause_run',
  messageId: 'pause-message',
  payload: { run_id: RUN_ID, reason: 'the source is being moved', requested_by, request_id },
});
type Resumption = Extract<TurnInput, { type: 'resume_run' }>['payload'];
const resume = (request_id = 'resume-1', more: Partial<Resumption> = {}): TurnInput => ({
  type: 'resume_run',
  messageId: 'resume-message',
  payload: { run_id: RUN_ID, request_id, requested_by: 'ann', reason: 'it is there again', ...more },
});
const types = (events: ReadonlyArray<{ type: string }>): string[] => events.map(({ type }) => type);
const chain = workflow([task('a'), task('b', { dependsOn: ['a'] })], { timeoutSeconds: 3_600 });

describe('a paused run', () => {
  test('begins nothing more, while what is under way goes on and counts', () => {
    const run = player(chain);
    run.turn([pause()]);
    run.complete('a');
    expect(run.statuses()).toEqual({ a: 'completed', b: 'ready' });
    expect(types(run.turn([resume()]))).toContain('tasks_dispatched');
    expect(run.statuses()).toEqual({ a: 'completed', b: 'dispatched' });
  });

  test('completes when nothing was left to begin', () => {
    const run = player(workflow([task('a')]));
    run.turn([pause()]);
    run.complete('a');
    expect(run.state.phase).toBe('completed');
  });

  test('completes when all that was left will never begin', () => {
    const tasks = (dependsOn: string[]) => [task('a', { when: '{% $input.a %}' }), task('b'), task('c', { dependsOn })];
    const run = player(workflow(tasks(['b'])), { evaluations: { a: { when: false } } });
    run.turn([pause()]);
    run.complete('b');
    expect(run.statuses()).toEqual({ a: 'skipped', b: 'completed', c: 'ready' });
    const definition = workflow(tasks(['a']), { version: 2 });
    run.turn([resume('edit-1', { edit: { version: 2 }, definition, stay_paused: true })]);
    expect(run.task('c').status).toBe('skipped');
    expect(run.state.phase).toBe('completed');
  });

  test('has as much time left afterwards as it had before', () => {
    const run = player(chain);
    run.wake(600_000);
    run.turn([pause()]);
    run.wake(50_000_000);
    run.turn([resume()]);
    expect(run.state.deadline).toBe(NOW + 3_600_000 + 50_000_000);
  });

  test('does not pass its deadline, and is looked at only now and then', () => {
    const run = player(workflow([task('a', { waitFor: { event: 'go' }, type: undefined })]));
    run.turn([pause()]);
    const woken = run.wake(4_000_000);
    expect(types(woken)).toEqual(['timer_fired', 'timer_armed']);
    expect(run.state).toMatchObject({ phase: 'running', timer: run.now() + 86_400_000 });
  });

  test('lets waits and their reminders stand still too', () => {
    const run = player(
      workflow([
        task('wait', { waitFor: { event: 'go' }, type: undefined, timeoutSeconds: 60 }),
        task('ask', { ask: { question: 'may I?', remindAfterSeconds: [30] }, type: undefined, timeoutSeconds: 90 }),
      ]),
    );
    run.turn([pause()]);
    expect(types(run.wake(100_000))).not.toContain('decision_reminded');
    run.turn([resume()]);
    expect(run.statuses()).toEqual({ wait: 'suspended', ask: 'suspended' });
    expect(types(run.wake(30_000))).toContain('decision_reminded');
    run.wake(30_000);
    expect(run.task('wait').status).toBe('failed');
  });

  test('has retries ready that became due meanwhile', () => {
    const run = player(workflow([task('a', { retry: { intervalSeconds: 10 } })]));
    run.fail('a', 'recoverable');
    run.turn([pause()]);
    expect(types(run.wake(20_000))).toContain('retry_due');
    expect(run.task('a').status).toBe('ready');
    run.turn([resume()]);
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 2 });
  });

  test('can be cancelled, and takes back what it did without being resumed', () => {
    const run = player(workflow([task('a', { undo: { type: 'work' } }), task('b', { dependsOn: ['a'] })]));
    run.turn([pause()]);
    run.complete('a');
    run.turn([{ type: 'cancel_run', payload: { run_id: RUN_ID, reason: 'enough', requested_by: 'ann' } }]);
    expect(run.task('a.undo').status).toBe('dispatched');
    run.complete('a.undo');
    expect(run.state.phase).toBe('cancelled');
  });

  test('lets its lifecycle execution go, since nobody knows how long it stands still', () => {
    const run = player(chain);
    run.turn([startRun(chain, { token: 'the token' })]);
    expect(run.turn([pause()])[0]).toMatchObject({ type: 'run_paused', taskToken: 'the token' });
    expect(run.state.taskToken).toBeUndefined();
  });
});

describe('refused and told so', () => {
  const refusal = (run: ReturnType<typeof player>, input: TurnInput) => run.turn([input]);

  test('a pause of a run that is paused already', () => {
    const run = player(chain);
    run.turn([pause()]);
    expect(refusal(run, pause('bob'))).toMatchObject([
      { type: 'message_refused', code: 'already_paused', request: 'pause', by: 'bob' },
    ]);
  });

  test('a pause of a run that has ended', () => {
    const run = player(workflow([task('a')]));
    run.complete('a');
    expect(refusal(run, pause())).toMatchObject([{ code: 'run_ended', request: 'pause' }]);
  });

  test('a resumption of a run that is not paused, or has completed', () => {
    const run = player(workflow([task('a')]));
    expect(refusal(run, resume())).toMatchObject([{ code: 'not_paused', request: 'resume', by: 'ann' }]);
    run.complete('a');
    expect(refusal(run, resume('resume-2'))).toMatchObject([{ code: 'run_completed' }]);
  });

  test('but the same request, delivered once more, is no second one', () => {
    const run = player(chain);
    run.turn([pause()]);
    expect(run.turn([pause()])).toEqual([]);
    run.turn([resume()]);
    expect(run.turn([resume()])).toEqual([]);
  });

  test('for good: what was refused does not happen when its message comes again', () => {
    const run = player(chain);
    expect(refusal(run, resume())).toMatchObject([{ code: 'not_paused' }]);
    run.turn([{ type: 'cancel_run', payload: { run_id: RUN_ID, reason: 'enough', requested_by: 'ann' } }]);
    expect(run.turn([resume()])).toEqual([]);
    expect(refusal(run, pause())).toMatchObject([{ code: 'run_ended' }]);
    run.turn([resume('resume-2')]);
    expect(run.turn([pause()])).toEqual([]);
    expect(run.state.phase).toBe('running');
  });
});

describe('a hold', () => {
  const hold = { context: { hold: 'tenant "default" was put on hold by ann' } };

  test('stops what is ready until it is let go, and the deadline with it', () => {
    const run = player(chain);
    run.turn([], hold.context);
    run.turn([report([completed('a')])], hold.context);
    expect(types(run.wake(500_000, hold.context))).not.toContain('tasks_dispatched');
    run.wake(500_000);
    expect(run.task('b').status).toBe('dispatched');
    expect(run.state.deadline).toBe(NOW + 3_600_000 + 1_000_000);
  });

  test('makes new runs wait', () => {
    const run = player(chain, hold);
    expect(run.task('a').status).toBe('ready');
    expect(run.state.held).toContain('ann');
  });

  test('lets a run complete that has nothing left to begin', () => {
    const run = player(workflow([task('a')]));
    run.turn([], hold.context);
    expect(run.state.held).toBeDefined();
    run.turn([report([completed('a')])], hold.context);
    expect(run.state).toMatchObject({ phase: 'completed' });
    expect(run.state.held).toBeUndefined();
  });

  test('and a pause together: both must be over, and the time counts once', () => {
    const run = player(chain);
    run.turn([pause()]);
    run.wake(100_000, hold.context);
    run.turn([resume()], hold.context);
    expect(run.state).toMatchObject({ deadline: NOW + 3_600_000, held: hold.context.hold });
    run.wake(100_000);
    expect(run.state.deadline).toBe(NOW + 3_600_000 + 200_000);
    expect(run.state.stoppedAt).toBeUndefined();
  });
});

describe('used-up retries', () => {
  const once = { retry: { maxAttempts: 1 } };
  const agents = [registeredAgent()];

  test('pause the run and ask what to do', () => {
    const run = player(workflow([task('a', once), task('b')]));
    const events = run.fail('a', 'recoverable');
    expect(types(events)).toEqual(['attempt_failed', 'task_suspended', 'run_paused']);
    expect(events[2]).toMatchObject({ task: 0, error: { code: 'broken' } });
    expect(run.task('a').on).toMatchObject({ for: 'decision', options: ['retry', 'skip', 'complete', 'fail'] });
  });

  test('get fresh attempts when the run is resumed', () => {
    const run = player(workflow([task('a', { retry: { maxAttempts: 2, intervalSeconds: 0 } })]), { agents });
    run.fail('a', 'recoverable');
    run.wake(1);
    run.fail('a', 'recoverable');
    run.turn([resume()]);
    expect(run.task('a')).toMatchObject({ status: 'dispatched', attempt: 3 });
    run.fail('a', 'recoverable');
    expect(run.state.paused).toBeUndefined();
    run.wake(1);
    run.complete('a');
    expect(run.state.phase).toBe('completed');
  });

  test('and the question answered: the run goes on by itself', () => {
    const run = player(workflow([task('a', once), task('b', { dependsOn: ['a'] })]));
    run.fail('a', 'recoverable');
    expect(types(run.decide('a', 'complete', { value: 'by hand' }))).toContain('run_resumed');
    expect(run.task('b').status).toBe('dispatched');
  });

  test('answered while a person has paused it: it stays paused', () => {
    const run = player(workflow([task('a', once)]));
    run.turn([pause()]);
    run.fail('a', 'recoverable');
    run.decide('a', 'retry');
    expect(run.task('a').status).toBe('ready');
    run.turn([resume()]);
    expect(run.task('a').status).toBe('dispatched');
  });

  test('a late completion settles the question', () => {
    const run = player(workflow([task('a', once), task('b', { dependsOn: ['a'] })]));
    run.fail('a', 'recoverable');
    run.complete('a');
    expect(run.statuses()).toEqual({ a: 'completed', b: 'dispatched' });
  });

  test('a used-up budget of retries is renewed too', () => {
    const run = player(
      workflow([task('a', { retry: { maxAttempts: 20, intervalSeconds: 0 } })], {
        retryBudget: { reserve: 1, ratio: 0 },
      }),
    );
    run.fail('a', 'recoverable');
    run.wake(1);
    run.fail('a', 'recoverable');
    expect(run.state.paused?.reason).toContain('retry budget');
    run.turn([resume()]);
    run.fail('a', 'recoverable');
    expect(run.task('a').status).toBe('backoff');
  });

  test.each(['data', 'non_recoverable'] as const)('no class but those that may pass: %s fails', (errorClass) => {
    const run = player(workflow([task('a', once)]));
    run.fail('a', errorClass);
    expect(run.state.phase).toBe('failed');
  });

  test('of what the run can do without do not stop it', () => {
    const optional = player(workflow([task('a', { ...once, optional: true }), task('b')]));
    optional.fail('a', 'recoverable');
    expect(optional.state.paused).toBeUndefined();
    const group = player(workflow([task('a', { ...once, group: 'g' }), task('b')], { groups: { g: { tolerate: 1 } } }));
    group.fail('a', 'recoverable');
    expect(group.statuses()).toEqual({ a: 'failed', b: 'dispatched' });
  });

  test('fail the run where the definition says so', () => {
    const run = player(workflow([task('a', once)], { escalate: 'fail' }));
    run.fail('a', 'recoverable');
    expect(run.state.phase).toBe('failed');
  });

  test('of an undo pause nothing', () => {
    const run = player(workflow([task('a', { undo: { type: 'work', ...once } }), task('b', { dependsOn: ['a'] })]));
    run.complete('a');
    run.fail('b');
    run.fail('a.undo', 'recoverable');
    expect(run.state.phase).toBe('failed');
  });

  test('pause for an unknown outcome, where the definition wants it, and leave that to a person', () => {
    const run = player(workflow([task('a', { ...once, escalate: 'pause' })]), {
      agents: [registeredAgent({ effects: 'outside' })],
    });
    run.wake(301_000);
    expect(run.state.paused?.reason).toContain('outside effects');
    run.turn([resume()]);
    expect(run.task('a')).toMatchObject({ status: 'suspended', on: { error: { code: 'unknown_outcome' } } });
    run.decide('a', 'complete', { value: 'it did happen' });
    expect(run.state.phase).toBe('completed');
  });
});
