import { describe, expect, test } from '@jest/globals';
import { whyOf } from '../../../bin/views/attempt-history.ts';
import { nextSteps } from '../../../bin/views/next-steps.ts';
import { runCausesTable } from '../../../bin/views/run-causes.ts';
import { headline, verdict } from '../../../bin/views/run-display.ts';
import type { RunRecord } from '../../../lambdas/runtime/ports.ts';
import { entryTexts } from '../../../lambdas/views/entry-texts.ts';
import { listed, runCausesOf } from '../../../lambdas/views/run-causes.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import { RUN_ID } from '../../support/factories.ts';
import { completed, dispatched, entries, failed, failure, started, suspended, view } from './journal.ts';

const SHORT = RUN_ID.slice(0, 12);
const wrong = { code: 'bad_rows', class: 'data', message: "it's run_0123456789 with 15 of 100 rows" } as const;
const two = (input: { text: string }) =>
  started([
    { id: 'extract', type: 'etl.extract' },
    { id: 'load', type: 'etl.load', dependsOn: ['extract'], input },
  ]);
const broken = (error: typeof wrong | typeof failure, input = { text: "it's" }): RunEvent[][] => [
  [two(input), dispatched(0)],
  [completed(0), dispatched(1)],
  [
    failed(1, { error, willRetry: false }),
    { type: 'task_failed', task: 1, error },
    { type: 'run_failed', task: 1, error },
  ],
];
const asking = suspended(1, {
  ...{ for: 'decision', id: 'load#1', question: 'What now?', options: ['retry', 'fail'], error: failure, pauses: true },
});
const usedUp: RunEvent[][] = [
  [two({ text: 'a' }), dispatched(0)],
  [completed(0), dispatched(1)],
  [failed(1), asking, { type: 'run_paused', reason: 'task "load" has used up its attempts', task: 1, error: failure }],
];
const paused: RunEvent = { type: 'run_paused', reason: 'a new disk', by: 'ada' };

describe('The next step', () => {
  test('after bad data is to look why, then to change what the task was given', () => {
    expect(nextSteps(view(...broken(wrong)), RUN_ID)).toEqual([
      `muster status ${SHORT} --why`,
      `muster resume ${SHORT} --task-input load='{"text":"it'\\''s"}'`,
      `muster replay ${SHORT} --entries`,
    ]);
    expect(nextSteps(view(...broken(wrong)), RUN_ID, true)[0]).toMatch(/^muster resume/);
  });

  test('names a file for an input that no command line should hold', () => {
    const long = view(...broken(wrong, { text: 'x'.repeat(500) }));
    expect(nextSteps(long, RUN_ID, true)[0]).toBe(`muster resume ${SHORT} --task-input load=@load.json`);
  });

  test('after any other failure is to try again', () => {
    expect(nextSteps(view(...broken(failure)), RUN_ID, true)[0]).toBe(`muster resume ${SHORT}`);
  });

  test('of a run that has paused itself is the answer to its question, or to let it try again', () => {
    expect(nextSteps(view(...usedUp), RUN_ID)).toEqual([
      `muster decide ${SHORT} load retry|fail`,
      `muster resume ${SHORT} --task-input load='{"text":"a"}'`,
      `muster status ${SHORT} --why`,
    ]);
  });

  test('of a run that a person has paused is to let it go on', () => {
    expect(nextSteps(view([two({ text: 'a' })], [paused]), RUN_ID)[0]).toBe(`muster resume ${SHORT}`);
  });

  test('of a run whose work was taken back is a fork', () => {
    const [begun = [], ...rest] = broken(wrong);
    const undone: RunEvent[] = [
      { type: 'compensation_begun', outcome: { failed: wrong, task: 1 }, deadline: 90_000 },
      { type: 'run_failed', task: 1, error: wrong },
    ];
    expect(nextSteps(view(begun, ...rest.slice(0, 1), undone), RUN_ID)[0]).toBe(`muster fork ${SHORT}`);
  });

  test('of one under way is to watch it, of one that is done its result', () => {
    expect(nextSteps(view([two({ text: 'a' })]), RUN_ID)).toEqual([`muster watch ${SHORT}`]);
    const done = view(
      [started([{ id: 'a', type: 'etl.load' }]), dispatched(0)],
      [completed(0), { type: 'run_completed' }],
    );
    expect(nextSteps(done, RUN_ID)).toEqual([`muster result ${SHORT}`]);
  });
});

test('A paused run says so, by whom and why', () => {
  const seen = view([two({ text: 'a' })], [paused]);
  expect(headline(seen, 5_000)).toContain('etl.demo paused');
  expect(verdict(seen)).toContain('paused by ada: a new disk');
  const resumed = view([two({ text: 'a' })], [paused], [{ type: 'run_resumed', by: 'ada', deadline: 9_000 }]);
  expect(headline(resumed, 5_000)).toContain('etl.demo running');
});

test('"Why" has the input that did not work, and who has changed it for what reason', () => {
  expect(whyOf(view(...broken(wrong)), 9_000)).toContain(`input:   {"text":"it's"}`);
  const edit = { tasks: { load: { input: { text: 'b' } } } };
  const edited: RunEvent = { type: 'run_edited', requestId: 'e', by: 'ann', reason: 'a typo', edit: { value: edit } };
  const reopened: RunEvent = { type: 'run_reopened', requestId: 'e', by: 'ann', deadline: 90_000 };
  const mended = whyOf(view(...broken(wrong), [reopened, edited, dispatched(1, { attempt: 2 })]), 9_000);
  expect(mended).toMatch(/failed.*ann changed its input \("a typo"\).*2\. etl-extractor: under way/s);
});

test('The entries of a journal are told in few words', () => {
  const texts = entryTexts(entries(...broken(wrong)), (index) => ['extract', 'load'][index] ?? '');
  expect(texts.map(({ entry, what }) => [entry, what.join(' · ')])).toEqual([
    [1, 'run started · tasks dispatched: extract'],
    [2, 'tasks completed: extract · tasks dispatched: load'],
    [3, 'attempt failed: load · task failed: load · run failed'],
  ]);
});

describe('Runs that stand still', () => {
  const record = (n: number, more: Partial<RunRecord> = {}): RunRecord => ({
    ...{ runId: `run_${n}`, tenant: 'default', requestId: 'r', correlationId: 'c', workflow: 'etl.demo', version: 1 },
    ...{ requestDigest: '', status: 'failed', requestedAt: n, error: wrong },
    ...more,
  });

  test('are grouped by what stopped them, whatever differs from run to run', () => {
    const other = { ...wrong, message: "it's run_abcdef0123 with 7 of 9 rows" };
    const runs = [
      record(1),
      record(2, { error: other }),
      record(3, { error: failure }),
      record(4, { status: 'completed' }),
    ];
    const causes = runCausesOf(runs);
    expect(causes.map(({ runs: stopped }) => stopped.map(({ runId }) => runId))).toEqual([
      ['run_1', 'run_2'],
      ['run_3'],
    ]);
    expect(runCausesTable(causes, 0)).toContain("bad_rows: it's run_… with # of # rows");
  });

  test('are those that have paused, too', () => {
    const { error: _, ...open } = record(1, { status: 'running' });
    const run = listed(open, view(...usedUp));
    expect(run).toMatchObject({ status: 'paused', error: failure });
    expect(runCausesOf([run, record(2, { error: failure })])[0]?.runs).toHaveLength(2);
    expect(listed(open, view([two({ text: 'a' })], [paused])).error?.message).toBe('by ada: a new disk');
    expect(listed(open, view([two({ text: 'a' })]))).toBe(open);
  });
});
