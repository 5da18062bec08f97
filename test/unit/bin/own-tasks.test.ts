import { describe, expect, test } from '@jest/globals';
import { questionOf } from '../../../bin/commands/decide.ts';
import { whyOf } from '../../../bin/views/attempt-history.ts';
import { changesBetween, headline, taskTable } from '../../../bin/views/run-display.ts';
import { usageText } from '../../../bin/views/usage-words.ts';
import { NO_USAGE } from '../../../lambdas/contracts/usage.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import { completed, dispatched, started, suspended, view } from './journal.ts';

const NOW = 60_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the escape sequences that colours are made of
const plain = (text: string): string => text.replaceAll(/\x1b\[[0-9;]*m/g, '');
const lines = (text: string): string[] => plain(text).split('\n');

const delegated: RunEvent = {
  ...{ type: 'tasks_delegated', task: 0, attempt: 1, agent: 'etl-extractor' },
  tasks: {
    value: [
      { id: 'a..1-call', type: 'etl.load' },
      { id: 'a..2-ask', ask: { question: 'Pay it?' } },
    ],
  },
  usage: { ...NO_USAGE, usd: 0.25, input_tokens: 12_000, output_tokens: 345, model_calls: 1 },
};
const asked = suspended(3, { for: 'decision', id: 'd', question: 'Pay it?', options: ['yes'] });
const waiting = () =>
  view(
    [
      started([
        { id: 'a', type: 'etl.load' },
        { id: 'b', type: 'etl.load', dependsOn: ['a'] },
      ]),
      dispatched(0),
    ],
    [delegated, dispatched(2, { agent: 'etl-loader' }), asked],
    [completed(2)],
  );

describe('what a task has delegated', () => {
  test('stands below it as long as it is open', () => {
    const [, first, second, third] = lines(taskTable(waiting(), NOW));
    expect(first).toMatch(/^⏸ +a +etl-extractor +1 wait .* waits for what it has delegated$/);
    expect(second).toMatch(/^⏸ +\.\.2-ask .* waits for a person: Pay it\? \[yes\]$/);
    expect(third).toMatch(/^· +b /);
  });

  test('is shown whole on request', () => {
    expect(lines(taskTable(waiting(), NOW, { own: true }))[2]).toMatch(/^✓ +\.\.1-call +etl-loader/);
  });

  test('counts as no task of the plan, and a person who is waited for is told of', () => {
    expect(plain(headline(waiting(), NOW))).toContain('0 of 2 tasks done · 1 waits for a person');
  });

  test('is told as it happens, and the attempt after it is no repetition', () => {
    const after = view(
      [started([{ id: 'a', type: 'etl.load' }]), dispatched(0)],
      [delegated, { type: 'tasks_completed', done: [[2, 1, 5, { value: null }]] }],
      [{ ...completed(1), done: [[1, 1, 750, { value: 1 }]] }, dispatched(0, { attempt: 2 })],
    );
    expect(changesBetween(waiting(), after).map(plain)).toContain('▸ a running · etl-extractor (1 wait)');
  });

  test('is answered under the name of its owner too, while it asks one thing', () => {
    const run = waiting();
    expect(questionOf(run, 'a..2-ask', 'yes').task).toBe('a..2-ask');
    expect(questionOf(run, 'a', 'yes').task).toBe('a..2-ask');
    const two = {
      ...run,
      tasks: [...run.tasks, ...run.tasks.filter(({ on }) => on).map((one) => ({ ...one, id: 'a..3-ask' }))],
    };
    expect(() => questionOf(two, 'a', 'yes')).toThrow('"a" waits for several answers');
    expect(() => questionOf(two, 'b', 'yes')).toThrow('task "b" asks nothing');
  });

  test('is told under "why" with what became of it, below the attempt that went to wait for it', () => {
    expect(lines(whyOf(waiting(), NOW))).toEqual([
      '  a etl.load suspended  $0.25 · 12,345 tokens · 1 model call',
      expect.stringMatching(/1\. etl-extractor: went to wait for what it had delegated after 1\.0 s$/),
      '                chosen: least loaded',
      '    ..1-call etl.load completed',
      expect.stringMatching(/1\. etl-loader: completed after 1\.0 s$/),
      '                  chosen: least loaded',
      '    ..2-ask ask suspended waits for a person: Pay it? [yes]',
    ]);
  });
});

describe('what a run has used', () => {
  test('stands beside each task, with what is not shown below it', () => {
    const used = (usd: number) => ({ ...NO_USAGE, usd, model_calls: 1 });
    const run = view(
      [started([{ id: 'a', type: 'etl.load' }]), dispatched(0)],
      [{ ...delegated, usage: used(0.25) }, dispatched(1, { agent: 'etl-loader' })],
      [{ type: 'tasks_completed', agent: 'etl-loader', done: [[1, 1, 5, { value: 1 }, used(0.5)]] }],
    );
    const costs = (own: boolean) =>
      lines(taskTable(run, NOW, { own })).map((line) => [line.match(/^\S?\s+(\S+)/)?.[1], line.match(/\$[\d.]+/)?.[0]]);
    expect(costs(false).slice(0, 2)).toEqual([
      ['task', undefined],
      ['a', '$0.75'],
    ]);
    expect(costs(true).slice(1, 3)).toEqual([
      ['a', '$0.25'],
      ['..1-call', '$0.50'],
    ]);
  });

  test('stands in its headline', () => {
    expect(plain(headline(waiting(), NOW))).toMatch(/ · \$0\.25 · 12,345 tokens · 1 model call$/);
  });

  test('is told to a hundredth of a cent where it is little', () => {
    expect(usageText({ ...NO_USAGE, usd: 0.00123, tool_calls: 2 })).toBe('$0.0012 · 2 tool calls');
  });
});

describe('a task that sleeps', () => {
  test('says until when', () => {
    const run = view([started([{ id: 's', sleep: { seconds: 30 } }]), suspended(0, { for: 'time' }, 90_000)]);
    expect(lines(taskTable(run, NOW))[1]).toMatch(/sleeps until /);
  });
});
