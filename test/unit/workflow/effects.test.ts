import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../lambdas/workflow/decide.ts';
import { effectsOf } from '../../../lambdas/workflow/effects.ts';
import type { JournalEntry } from '../../../lambdas/workflow/journal.ts';
import { restoreState, snapshotState } from '../../../lambdas/workflow/snapshot.ts';
import { newRun } from '../../../lambdas/workflow/state.ts';
import {
  completed,
  failed,
  NOW,
  RUN_ID,
  report,
  startRun,
  task,
  turnContext,
  workflow,
} from '../../support/factories.ts';

const pair = workflow([task('a'), task('b', { dependsOn: ['a'] })]);
const entry = (seq: number, events: JournalEntry['events']): JournalEntry => ({
  seq,
  turnId: 't',
  at: NOW,
  confirmed: 0,
  events,
});

describe('effects of a journal entry', () => {
  const start = decide(newRun(RUN_ID), [startRun(pair, { token: 'token' })], turnContext());

  test('have ids that are the same every time', () => {
    const effects = effectsOf(start.state, entry(1, start.events));
    expect(effects).toEqual(effectsOf(start.state, entry(1, start.events)));
    expect(effects.find((effect) => effect.type === 'assign')).toMatchObject({
      id: `${RUN_ID}/1/1/0`,
      agent: 'worker',
      lane: 'standard',
    });
  });

  test('repeated later leave out an attempt that has ended', () => {
    const next = decide(start.state, [report([completed('a')])], turnContext());
    expect(effectsOf(next.state, entry(1, start.events)).filter((effect) => effect.type === 'assign')).toEqual([]);
  });

  test('repeated later leave out an attempt that was superseded', () => {
    const failedOnce = decide(start.state, [report([failed('a')])], turnContext());
    const again = decide(failedOnce.state, [{ type: 'wake_run' }], turnContext({ now: NOW + 1_000 }));
    expect(effectsOf(again.state, entry(1, start.events)).filter((effect) => effect.type === 'assign')).toEqual([]);
    expect(effectsOf(again.state, entry(3, again.events)).filter((effect) => effect.type === 'assign')).toHaveLength(1);
  });

  test('repeated later arm only the timer that the run still waits for', () => {
    const failedOnce = decide(start.state, [report([failed('a')])], turnContext());
    const again = [entry(1, start.events), entry(2, failedOnce.events)].flatMap((each) =>
      effectsOf(failedOnce.state, each),
    );
    expect(again.filter((effect) => effect.type === 'wake_at')).toEqual([{ type: 'wake_at', at: NOW + 500 }]);
  });

  test('answer the task token and mark the run when it ends', () => {
    const next = decide(start.state, [report([completed('a')])], turnContext());
    const end = decide(next.state, [report([completed('b')])], turnContext());
    const effects = effectsOf(end.state, entry(3, end.events)).map((effect) => effect.type);
    expect(effects).toEqual(['publish', 'publish_outcome', 'mark_ended', 'answer_token']);
  });

  test('answer a token that comes after the end', () => {
    const next = decide(start.state, [report([completed('a')])], turnContext());
    const end = decide(next.state, [report([completed('b')])], turnContext());
    const late = decide(end.state, [startRun(pair, { token: 'second' })], turnContext());
    expect(effectsOf(late.state, entry(4, late.events))).toEqual([{ type: 'answer_token', token: 'second' }]);
  });

  test('repeated later say nothing of a pause or its end once the run has ended', () => {
    const payload = { run_id: RUN_ID, requested_by: 'ann', reason: 'a new disk' };
    const pause = { type: 'pause_run', messageId: 'p', payload } as const;
    const resume = { type: 'resume_run', messageId: 'r', payload: { ...payload, request_id: 'r' } } as const;
    const news = (state: typeof start.state, ...entries: JournalEntry[]) =>
      entries
        .flatMap((each) => effectsOf(state, each))
        .flatMap((effect) => (effect.type === 'publish' ? [effect.event.name] : []));
    const next = decide(start.state, [report([completed('a')])], turnContext());
    const paused = decide(next.state, [pause], turnContext());
    const pausing = entry(3, paused.events);
    const resumed = decide(paused.state, [resume], turnContext());
    const resuming = entry(4, resumed.events);
    const end = decide(resumed.state, [report([completed('b')])], turnContext());
    expect(news(paused.state, pausing)).toEqual(['workflow_paused']);
    expect(news(resumed.state, pausing, resuming)).toEqual(['workflow_resumed']);
    expect(news(end.state, pausing, resuming)).toEqual([]);
  });

  test('publish task_completed only where the definition asks for task events', () => {
    const quiet = decide(newRun(RUN_ID), [startRun({ ...pair, events: 'workflow' })], turnContext());
    const next = decide(quiet.state, [report([completed('a')])], turnContext());
    expect(effectsOf(next.state, entry(2, next.events)).map((effect) => effect.type)).toEqual(['assign']);
  });
});

test('a snapshot gives back the state it was made from', () => {
  const start = decide(newRun(RUN_ID), [startRun(pair)], turnContext());
  const wire: unknown = JSON.parse(JSON.stringify(snapshotState(start.state)));
  expect(restoreState(wire)).toEqual(start.state);
});
