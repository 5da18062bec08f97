import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { questionOf, verdictOn } from '../../../bin/commands/decide.ts';
import { actor, jsonArgument } from '../../../bin/commands/json-argument.ts';
import { receptionOf } from '../../../bin/commands/signal.ts';
import { decisionsTable } from '../../../bin/views/decisions.ts';
import { openDecisions } from '../../../lambdas/views/open-decisions.ts';
import { viewOf } from '../../../lambdas/views/run-view.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import { RUN_ID } from '../../support/factories.ts';
import { failure, fold, started, suspended } from './journal.ts';

const asking = started([
  { id: 'check', ask: { question: 'Pay it?' } },
  { id: 'load', type: 'etl.load' },
]);
const ask = suspended(
  0,
  { for: 'decision', id: 'check#1', question: 'Pay it?', options: ['approve', 'reject'] },
  60_000,
);
const escalated = suspended(1, {
  for: 'decision',
  id: 'load#2',
  question: 'What now?',
  options: ['retry', 'skip', 'complete', 'fail'],
  to: 'operations',
  error: failure,
});
const taken: RunEvent = { type: 'decision_taken', task: 0, id: 'check#1', decision: 'approve', by: 'ada' };
const answered: RunEvent = { type: 'tasks_completed', done: [[0, 1, 5, { value: { decision: 'approve' } }]] };

describe('the open decisions of a run', () => {
  test('have question, options, since when, until when and why a person is asked', () => {
    expect(openDecisions(viewOf(fold([asking], [ask], [escalated])))).toEqual([
      {
        task: 'check',
        decision_id: 'check#1',
        question: 'Pay it?',
        options: ['approve', 'reject'],
        since: 2_000,
        until: 60_000,
      },
      {
        task: 'load',
        decision_id: 'load#2',
        question: 'What now?',
        options: ['retry', 'skip', 'complete', 'fail'],
        to: 'operations',
        since: 3_000,
        error: failure,
      },
    ]);
  });

  test('are none once they are answered', () => {
    expect(openDecisions(viewOf(fold([asking], [ask], [taken, answered])))).toEqual([]);
  });

  test('make a table that says which run, and why', () => {
    const [open] = openDecisions(viewOf(fold([asking], [escalated])));
    const text = open ? decisionsTable([{ run_id: RUN_ID, workflow: 'etl.demo', ...open }], 5_000) : '';
    expect(text).toContain('run_00000000');
    expect(text).toContain('retry, skip, complete, fail');
    expect(text).toContain('What now? (source_unreachable: the database does not answer)');
  });
});

describe('an answer', () => {
  const view = viewOf(fold([asking], [ask]));

  test('is for the question that is open', () => {
    expect(questionOf(view, 'check', 'approve')).toMatchObject({ decision_id: 'check#1' });
  });

  test.each([
    ['is none of the options', 'check', 'aprove', '"aprove" is none of the options'],
    ['is for a task that asks nothing', 'load', 'approve', 'task "load" asks nothing; it is ready'],
    ['is for a task that is none', 'chek', 'approve', 'the run has no task "chek"'],
  ])('that %s is not sent', (_, task, decision, message) => {
    expect(() => questionOf(view, task, decision)).toThrow(message);
  });

  test('with a typing error is told what was meant, and what could be said', () => {
    expect(() => questionOf(view, 'chek', 'approve')).toThrow('did you mean "check"?');
    expect(() => questionOf(view, 'check', 'aprove')).toThrow('did you mean "approve"?');
    expect(() => questionOf(view, 'check', 'yes')).toThrow(
      expect.objectContaining({ next: 'answer one of: approve, reject' }),
    );
  });

  const before = fold([asking], [ask]);
  const [question] = openDecisions(view);
  const became = (...turns: RunEvent[][]) =>
    question && verdictOn(fold([asking], [ask], ...turns), before, question, 'approve', 'ada');

  test('is awaited until the run has taken it', () => {
    expect(became()).toBeUndefined();
    expect(became([taken, answered])).toEqual({ status: 'completed' });
  });

  test('comes too late when somebody else has answered', () => {
    expect(became([{ ...taken, by: 'bob', decision: 'reject' }, answered])).toEqual({
      refused: 'bob had decided "reject" before',
    });
  });

  test('that was refused says why', () => {
    const refused = { type: 'message_refused', messageId: 'm', code: 'decision_refused', reason: 'too late' } as const;
    const ours = { ...refused, task: 'check', decision: 'approve', by: 'ada' };
    expect(became([ours])).toEqual({ refused: 'too late' });
    expect(became([{ ...ours, by: 'bob' }])).toBeUndefined();
  });
});

describe('an event', () => {
  const waiting = started([{ id: 'paid', waitFor: { event: 'payment' } }]);
  const received: RunEvent = { type: 'event_received', id: 'e1', event: 'payment', payload: { value: null } };

  test('that has not come yet is awaited', () => {
    expect(receptionOf(fold([waiting]), 'e1')).toBeUndefined();
  });

  test('is kept until a task waits for it, even before the run begins', () => {
    expect(receptionOf(fold([received]), 'e1')).toEqual({ kept: true });
  });

  test('is taken by the task that waited for it', () => {
    const seen = fold([waiting], [received, { type: 'event_taken', task: 0, id: 'e1' }]);
    expect(receptionOf(seen, 'e1')).toEqual({ taken_by: 'paid' });
  });

  test('may come too late', () => {
    const seen = fold([waiting], [{ type: 'run_cancelled', reason: 'enough', by: 'me' }]);
    expect(receptionOf(seen, 'e1')).toEqual({ ended: 'cancelled' });
  });
});

describe('a value on the command line', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-json-'));
    writeFileSync(join(folder, 'good.json'), '{"paid": true}');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is JSON, or a file that holds it', () => {
    expect(jsonArgument('--payload', '[1, null]')).toEqual([1, null]);
    expect(jsonArgument('--payload', `@${join(folder, 'good.json')}`)).toEqual({ paid: true });
  });

  test.each(['{paid: true}', '@/nowhere/at/all.json', ''])('%j is refused with the name of its option', (given) => {
    expect(() => jsonArgument('--payload', given)).toThrow(/^--payload is no JSON: /);
  });

  test('is never empty where it says who acts', () => {
    expect(actor('ada')).toBe('ada');
    expect(actor('')).not.toBe('');
  });
});
