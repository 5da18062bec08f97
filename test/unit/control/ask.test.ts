import { describe, expect, test } from '@jest/globals';
import type * as z from 'zod';
import type { Ask } from '../../../lambdas/contracts/task-kinds.ts';
import { effectsOf } from '../../../lambdas/workflow/effects.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import { player } from '../../support/engine-player.ts';
import { NOW, RUN_ID, task, workflow } from '../../support/factories.ts';

const asking = (ask: Partial<z.infer<typeof Ask>> = {}, timeoutSeconds?: number) =>
  workflow([
    task('ask', { type: undefined, ask: { question: 'ship it?', ...ask }, ...(timeoutSeconds && { timeoutSeconds }) }),
  ]);
const shown = { evaluations: { ask: { question: 'ship it?', shows: { value: { amount: 40 } } } } };

type Answer = { decision?: string; digest?: string; by?: string; decision_id?: string; event_id?: string };
const answering = (run: ReturnType<typeof player>, { decision = 'approve', by = 'ann', ...more }: Answer = {}) =>
  run.turn([
    {
      type: 'decide_task',
      messageId: 'decision-1',
      payload: { run_id: RUN_ID, task_id: 'ask', decision, decided_by: by, ...more },
    },
  ]);
const digestOf = (run: ReturnType<typeof player>): string => {
  const { on } = run.task('ask');
  return (on?.for === 'decision' && on.digest) || '';
};
const published = (run: ReturnType<typeof player>, events: RunEvent[]) =>
  effectsOf(run.state, { seq: 2, turnId: 't', at: run.now(), confirmed: 0, events }).flatMap((effect) =>
    effect.type === 'publish' ? [effect.event] : [],
  );

describe('what is shown', () => {
  test('goes out with the question and its digest', () => {
    const run = player(asking({ shows: {} }), shown);
    const [event] = published(
      run,
      run.events.filter(({ type }) => type === 'task_suspended'),
    );
    expect(event).toMatchObject({
      name: 'decision_requested',
      detail: { question: 'ship it?', shows: { amount: 40 }, digest: digestOf(run) },
    });
  });

  test('is approved by its digest only', () => {
    const run = player(asking({ shows: {} }), shown);
    expect(answering(run)).toMatchObject([{ type: 'message_refused', code: 'decision_refused' }]);
    expect(answering(run, { digest: 'f'.repeat(64) })).toMatchObject([{ type: 'message_refused' }]);
    answering(run, { digest: digestOf(run) });
    expect(run.state.phase).toBe('completed');
  });

  test('is not approved by the digest of something else', () => {
    const before = player(asking({ shows: {} }), {
      evaluations: { ask: { question: 'ship it?', shows: { value: { amount: 41 } } } },
    });
    const run = player(asking({ shows: {} }), shown);
    expect(digestOf(before)).not.toBe(digestOf(run));
    const [refused] = answering(run, { digest: digestOf(before) });
    expect(refused).toMatchObject({ reason: expect.stringContaining('something else') });
  });

  test('too large to travel is bound by the hash of its content', () => {
    const ref = { key: `default/${'a'.repeat(64)}`, bytes: 5_000, sha256: 'a'.repeat(64) };
    const run = player(asking({ shows: {} }), { evaluations: { ask: { question: 'ship it?', shows: { ref } } } });
    const [event] = published(
      run,
      run.events.filter(({ type }) => type === 'task_suspended'),
    );
    expect(event?.detail).not.toHaveProperty('shows');
    expect(answering(run)).toMatchObject([{ type: 'message_refused' }]);
    answering(run, { digest: digestOf(run) });
    expect(run.state.phase).toBe('completed');
  });
});

describe('an answer', () => {
  test('without anything shown needs no digest, but a wrong one is refused', () => {
    const run = player(asking());
    expect(answering(run, { digest: '0'.repeat(64) })).toMatchObject([{ type: 'message_refused' }]);
    answering(run);
    expect(run.task('ask').result).toEqual({ value: { decision: 'approve', comment: '', decided_by: 'ann' } });
  });

  test('of whoever asked for the run is refused, unless the task allows it', () => {
    const run = player(asking());
    const refused = answering(run, { by: 'test' });
    expect(refused).toMatchObject([{ reason: 'whoever asked for the run may not decide it', by: 'test' }]);
    expect(published(run, refused)).toMatchObject([{ name: 'decision_refused', detail: { decided_by: 'test' } }]);
    expect(answering(run, { by: 'Test' })).toMatchObject([{ by: 'Test' }]);
    expect(run.state.phase).toBe('running');
    const own = player(asking({ self: true }));
    answering(own, { by: 'test' });
    expect(own.state.phase).toBe('completed');
  });

  test('to a failure may come from anybody, whoever asked for the run included', () => {
    const run = player(workflow([task('ask', { escalate: 'person' })]));
    run.fail('ask');
    answering(run, { by: 'test', decision: 'retry' });
    expect(run.task('ask').status).toBe('dispatched');
  });

  test('to a failure is no way around it: what is to be approved is completed by somebody else', () => {
    const fallback = { type: 'work' };
    const asked = { type: undefined, ask: { question: 'ship it?' }, timeoutSeconds: 60, fallback };
    const run = player(workflow([task('ask', { ...asked, escalate: 'person' })]));
    run.pass(60_000);
    run.wake(0);
    run.fail('ask');
    expect(run.task('ask').on).toMatchObject({ for: 'decision', error: { class: 'non_recoverable' } });
    const refused = answering(run, { by: 'test', decision: 'complete' });
    expect(refused).toMatchObject([{ reason: 'whoever asked for the run may not decide it' }]);
    answering(run, { by: 'ann', decision: 'complete' });
    expect(run.state.phase).toBe('completed');
  });

  test('that is heard when the time for it is over is refused, though no timer has said so yet', () => {
    const run = player(asking({}, 60));
    run.pass(60_000);
    const refused = answering(run, { by: 'bob' });
    expect(refused).toMatchObject([{ type: 'message_refused', reason: expect.stringContaining('was over') }]);
    expect(published(run, refused)).toMatchObject([{ name: 'decision_refused', detail: { decided_by: 'bob' } }]);
    run.wake(0);
    expect(run.state.error).toMatchObject({ code: 'no_decision' });
  });

  test('counts while the run stands still, for then nobody runs out of time', () => {
    const run = player(asking({}, 60));
    const pause = { run_id: RUN_ID, reason: 'lunch', requested_by: 'ann' };
    run.turn([{ type: 'pause_run', messageId: 'pause', payload: pause }]);
    run.pass(600_000);
    answering(run);
    expect(run.state.phase).toBe('completed');
  });

  test('counts once, and one that comes late is refused', () => {
    const run = player(workflow([...asking().tasks, task('b', { dependsOn: ['ask'] })]));
    answering(run);
    expect(answering(run, { by: 'bob', decision: 'reject' })).toMatchObject([{ type: 'message_refused', by: 'bob' }]);
    run.complete('b');
    expect(answering(run, { by: 'bob' })).toMatchObject([{ type: 'message_refused' }]);
    expect(run.task('ask').result).toMatchObject({ value: { decided_by: 'ann' } });
  });

  test('that was refused is no answer when its message comes again, though the question is open by then', () => {
    const [ask = task('ask')] = asking().tasks;
    const run = player(workflow([task('first'), { ...ask, dependsOn: ['first'] }]));
    expect(answering(run, { event_id: 'early' })).toMatchObject([{ type: 'message_refused', requestId: 'early' }]);
    run.complete('first');
    expect(answering(run, { event_id: 'early' })).toEqual([]);
    expect(run.task('ask').status).toBe('suspended');
  });
});

describe('silence', () => {
  const ladder = { remindAfterSeconds: [60, 120], second: { to: 'the boss', afterSeconds: 90 } };

  test('is followed by reminders, then by a second person, and is never a yes', () => {
    const run = player(asking(ladder, 300));
    expect(run.state.timer).toBe(NOW + 60_000);
    const first = run.wake(60_000);
    expect(first).toMatchObject([
      { type: 'timer_fired' },
      { type: 'decision_reminded', reminder: 1 },
      { type: 'timer_armed', at: NOW + 90_000 },
    ]);
    expect(published(run, first)).toMatchObject([
      { name: 'decision_requested', detail: { decision_id: 'ask#1', reminder: 1, expires_at: expect.any(String) } },
    ]);
    const second = run.wake(30_000);
    expect(second).toContainEqual({ type: 'decision_reminded', task: 0, reminder: 2, to: 'the boss' });
    expect(published(run, second)).toMatchObject([{ detail: { to: 'the boss', reminder: 2 } }]);
    expect(run.wake(30_000)).toContainEqual({ type: 'decision_reminded', task: 0, reminder: 3 });
    run.wake(180_000);
    expect(run.state.error).toMatchObject({ code: 'no_decision' });
  });

  test('of whoever should have woken the run: what was missed is one reminder', () => {
    const run = player(asking(ladder));
    const reminders = run.wake(10_000_00).filter(({ type }) => type === 'decision_reminded');
    expect(reminders).toMatchObject([{ reminder: 1 }, { reminder: 2, to: 'the boss' }]);
    expect(run.wake(1_000).filter(({ type }) => type === 'decision_reminded')).toEqual([]);
  });

  test('ends with the answer: nobody is reminded of what is decided', () => {
    const run = player(workflow([...asking(ladder).tasks, task('b')]));
    const reminder = run.wake(60_000);
    answering(run);
    expect(published(run, reminder)).toEqual([]);
    expect(run.wake(60_000).filter(({ type }) => type === 'decision_reminded')).toEqual([]);
  });
});
