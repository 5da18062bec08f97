import { describe, expect, test } from '@jest/globals';
import { whyOf } from '../../../bin/views/attempt-history.ts';
import { changesBetween, headline, taskTable, verdict } from '../../../bin/views/run-display.ts';
import { remark, waitsFor } from '../../../bin/views/task-words.ts';
import type { RunEvent, Suspension } from '../../../lambdas/workflow/events.ts';
import { completed, dispatched, failed, failure, runView, started, suspended, taskView, view } from './journal.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const LATER = Date.parse('2026-01-01T12:30:00Z');

describe('what a task waits for, in words', () => {
  test.each<[Suspension, number | undefined, string]>([
    [{ for: 'event', event: 'payment', key: '42' }, LATER, 'waits for event payment (key 42) until 12:30:00 UTC'],
    [{ for: 'event', event: 'payment' }, undefined, 'waits for event payment'],
    [
      { for: 'decision', id: 'd', question: 'Pay it?', options: ['approve', 'reject'] },
      LATER + 86_400_000,
      'waits for a person: Pay it? [approve, reject] until 2026-01-02 12:30:00 UTC',
    ],
    [
      { for: 'decision', id: 'd', question: 'Pay it?', options: ['yes'], to: 'finance' },
      undefined,
      'waits for finance: Pay it? [yes]',
    ],
    [
      { for: 'run', runId: `run_${'ab'.repeat(20)}`, workflow: 'shop.ship', version: 2 },
      undefined,
      'waits for sub-workflow shop.ship run_abababab',
    ],
    [
      { for: 'agent', reason: 'the breaker of etl-loader is open' },
      LATER,
      'no agent now: the breaker of etl-loader is open, looks again at 12:30:00 UTC',
    ],
    [{ for: 'permit', flow: 'flow_1', held: 0 }, undefined, 'waits for a permit of flow_1'],
  ])('%j until %p', (on, until, words) => {
    expect(waitsFor(on, until, NOW)).toBe(words);
  });
});

describe('what waits at a gate', () => {
  const gate = {
    flow_id: `flow_${'a'.repeat(40)}`,
    name: 'crm.account',
    key: '42',
    tenant: 'default',
    rule: { kind: 'concurrency', limit: 2 },
  } as const;

  test('a task names the limit and its key', () => {
    const seen = view(
      [started([{ id: 'a', type: 'etl.load' }])],
      [
        { type: 'gates_set', tasks: [0], gates: [gate] },
        { type: 'permits_asked', flow: gate.flow_id, tasks: [0] },
      ],
    );
    expect(taskTable(seen, NOW)).toContain('waits for a permit of crm.account (key 42)');
  });

  test('the tasks of a forEach say so in its line, each thing once', () => {
    const gates = ['ann', 'bob', 'cid'].map((key, n) => ({ ...gate, key, flow_id: `flow_${String(n).repeat(40)}` }));
    const asked = gates.flatMap((one, n): RunEvent[] => {
      const tasks = n === 0 ? [1, 2] : [n + 2];
      return [
        { type: 'gates_set', tasks, gates: [one] },
        { type: 'permits_asked', flow: one.flow_id, tasks },
      ];
    });
    const seen = (count: number) =>
      view(
        [started([{ id: 'each', type: 'etl.load', forEach: { items: [] } }])],
        [{ type: 'items_expanded', task: 0, items: { value: [1, 2, 3, 4] } }, ...asked.slice(0, 2 * count)],
      );
    expect(taskTable(seen(1), NOW)).toMatch(/2 suspended {2}waits for a permit of crm\.account \(key ann\)$/m);
    const line = taskTable(seen(3), NOW);
    expect(line).toContain('4 suspended  waits for a permit of crm.account (key ann)  ');
    expect(line).toMatch(/\(key bob\) {2}and 1 more$/m);
  });

  test('a run that is not in yet says at which gate it stands', () => {
    const seen = view(
      [started([{ id: 'a', type: 'etl.load' }], { admission: { limits: [{ concurrency: 2 }] } })],
      [{ type: 'admission_begun', gates: [gate] }],
    );
    expect(headline(seen, NOW)).toContain('waits to get in: 2 of crm.account (key 42) at once');
  });
});

describe('the remark at the end of a task', () => {
  test.each([
    ['when it is tried again', { status: 'retrying', error: failure, nextAttemptAt: NOW + 2_000 }, 'again in 2.0 s'],
    [
      'that the run goes on without it',
      { status: 'failed', error: failure, tolerated: true },
      'goes on without it: source_unreachable',
    ],
    ['why this agent', { status: 'running', why: 'least loaded of 3' }, 'least loaded of 3'],
    ['that its result is a cached one', { status: 'completed', degraded: 'cached' }, 'degraded: an earlier result'],
    ['that there is no room in its group', { status: 'waiting', inLineFor: 'scores' }, 'waits for room in scores'],
    [
      'what it comes after',
      { status: 'waiting', dependsOn: ['a', 'b', 'c', 'd', 'e', 'f'] },
      'after a, b, c, d and 2 more',
    ],
  ] as const)('says %s', (_, overrides, words) => {
    expect(remark(taskView(overrides), NOW)).toContain(words);
  });
});

describe('a run on the terminal', () => {
  const pair = started([
    { id: 'extract', type: 'etl.extract' },
    { id: 'load', type: 'etl.load', dependsOn: ['extract'] },
  ]);

  test('says for each change what happened, and nothing when nothing did', () => {
    const before = view([pair]);
    const after = view([pair], [dispatched(0, { attempt: 2 })]);
    expect(changesBetween(before, after)).toEqual([
      expect.stringContaining('extract running · etl-extractor (attempt 2)'),
    ]);
    expect(changesBetween(after, after)).toEqual([]);
  });

  test('says when a task begins to wait, and for what', () => {
    const wait = started([{ id: 'paid', waitFor: { event: 'payment' } }]);
    const after = view([wait], [suspended(0, { for: 'event', event: 'payment' })]);
    expect(changesBetween(view([wait]), after)).toEqual(['⏸ paid suspended waits for event payment']);
  });

  test('shows the unfinished tasks of a long run first and counts the rest', () => {
    const long = started(Array.from({ length: 50 }, (_, index) => ({ id: `t${index}`, type: 'etl.load' })));
    const seen = view([long], [dispatched(49)]);
    const text = taskTable(seen, 3_000, { maxRows: 10 });
    expect(text).toContain('t49');
    expect(text).toContain('and 40 more');
    expect(headline(seen, 3_000)).toContain('0 of 50 tasks done');
  });

  test('folds the tasks of a forEach into one line, unless all are asked for', () => {
    const each = started([{ id: 'score', type: 'etl.load', forEach: { items: [] } }]);
    const seen = view(
      [each, { type: 'items_expanded', task: 0, items: { value: ['a', 'b', 'c'] } }],
      [dispatched(1), dispatched(2)],
      [completed(1), failed(2), { type: 'task_failed', task: 2, error: failure, tolerated: true }],
    );
    const folded = taskTable(seen, 3_000);
    expect(folded).toContain('3 items');
    expect(folded).toContain('1 ready, 1 completed, 1 failed');
    expect(folded).toContain('score.1: source_unreachable');
    expect(folded).not.toContain('score.2');
    const all = taskTable(seen, 3_000, { all: true }).split('\n');
    expect(all.slice(1).map((line) => line.slice(3, 12).trimEnd())).toEqual([
      'score',
      '  score.0',
      '  score.1',
      '  score.2',
    ]);
  });

  test('says in its headline who must act, what is degraded and what is undone', () => {
    const text = headline(
      runView({
        status: 'compensating',
        failedAttempts: 1,
        tasks: [
          taskView({ id: 'a', degraded: 'fallback' }),
          taskView({ id: 'b', status: 'failed', degraded: 'missing' }),
          taskView({ id: 'c', status: 'skipped' }),
          taskView({ id: 'd', status: 'suspended', on: { for: 'decision', id: 'd', question: '?', options: ['x'] } }),
          taskView({ id: 'a.undo', undoOf: 'a', status: 'completed' }),
          taskView({ id: 'x.undo', undoOf: 'x', status: 'failed' }),
        ],
      }),
      3_000,
    );
    expect(text).toBe(
      'etl.demo compensating · 1 of 4 tasks done · 1 skipped · 2 degraded · 1 waits for a person · 1 of 2 undone · 1 failed attempt · 2.0 s',
    );
  });
});

describe('the verdict on a run', () => {
  test('names the task that failed, and why', () => {
    expect(verdict(runView({ status: 'failed', error: failure, failedTask: 'extract' }))).toBe(
      'task extract: source_unreachable: the database does not answer',
    );
  });

  test('names what could not be taken back', () => {
    const undo = taskView({ id: 'book.undo', undoOf: 'book', status: 'failed', error: failure });
    expect(verdict(runView({ status: 'cancelled', reason: 'too late', tasks: [undo] })).split('\n')).toEqual([
      'cancelled: too late',
      'could not be taken back, repair it by hand: book: source_unreachable: the database does not answer',
    ]);
  });

  test('names what of a completed run is degraded, and is silent when all went well', () => {
    const tasks = [
      taskView({ id: 'a', degraded: 'fallback' }),
      taskView({ id: 'b', status: 'failed', degraded: 'missing' }),
      taskView({ id: 'c' }),
    ];
    expect(verdict(runView({ status: 'completed', tasks }))).toBe('degraded: a (fallback), b (missing)');
    expect(verdict(runView({ status: 'completed', tasks: [taskView()] }))).toBe('');
  });
});

describe('what was not taken back', () => {
  const undo = (status: 'failed' | 'cancelled' | 'running') => taskView({ id: 'book.undo', undoOf: 'book', status });

  test('is named once the run has ended, also when there was no time left', () => {
    expect(verdict(runView({ status: 'failed', tasks: [undo('cancelled')] }))).toContain(
      'book: there was no time left',
    );
    expect(verdict(runView({ status: 'compensating', tasks: [undo('running')] }))).toBe('');
  });
});

describe('why', () => {
  test('shows each attempt with the reason for its agent and how it ended, and what was decided in between', () => {
    const one = started([{ id: 'load', type: 'etl.load' }]);
    const ask = {
      for: 'decision',
      id: 'load#1',
      question: 'What now?',
      options: ['retry', 'fail'],
      error: failure,
    } as const;
    const seen = view(
      [one, dispatched(0, { agent: 'loader-a', why: 'score 0.9 against 0.4' })],
      [failed(0, { agent: 'loader-a', silent: true, parked: true }), suspended(0, ask)],
      [{ type: 'decision_taken', task: 0, id: 'load#1', decision: 'retry', by: 'ada', comment: 'it is up again' }],
      [dispatched(0, { attempt: 2, agent: 'loader-b', why: 'backup: has not had it yet' })],
      [completed(0, 2)],
    );
    const lines = whyOf(seen, 5_000)
      .split('\n')
      .map((line) => line.trim());
    expect(lines).toEqual([
      'load etl.load completed',
      '00:00:01 1. loader-a: no answer after 1.0 s: source_unreachable: the database does not answer',
      'chosen: score 0.9 against 0.4',
      '00:00:02 what it was sent is kept for repair: see "muster parked"',
      '00:00:02 a person was asked: What now?',
      '00:00:03 ada decided: retry ("it is up again")',
      '00:00:04 2. loader-b: completed after 1.0 s',
      'chosen: backup: has not had it yet',
    ]);
  });

  test('does not call an attempt under way that nobody awaits any more', () => {
    const one = started([{ id: 'load', type: 'etl.load' }]);
    const cancelled = view([one, dispatched(0)], [{ type: 'run_cancelled', reason: 'enough', by: 'me' }]);
    expect(whyOf(cancelled, 5_000)).toContain('1. etl-extractor: no longer awaited');
    expect(whyOf(view([one, dispatched(0)]), 5_000)).toContain('1. etl-extractor: under way');
  });

  test('leaves out the tasks of a forEach that went well, unless all are asked for', () => {
    const each = started([{ id: 'score', type: 'etl.load', forEach: { items: [] } }]);
    const seen = view(
      [each, { type: 'items_expanded', task: 0, items: { value: ['a', 'b'] } }],
      [dispatched(1), dispatched(2)],
      [completed(1), failed(2)],
    );
    expect(whyOf(seen, 5_000)).not.toContain('score.0');
    expect(whyOf(seen, 5_000)).toContain('score.1');
    expect(whyOf(seen, 5_000, true)).toContain('score.0');
  });
});
