import { describe, expect, test } from '@jest/globals';
import { CliError, explain } from '../../../bin/cli-error.ts';
import { cut } from '../../../bin/views/run-screen.ts';
import { seconds, table } from '../../../bin/views/text.ts';

describe('a table', () => {
  test('aligns texts to the left and numbers to the right', () => {
    expect(
      table(
        ['name', 'rows'],
        [
          ['a', '1,000'],
          ['longer', '7'],
        ],
      ).split('\n'),
    ).toEqual(['name     rows', 'a       1,000', 'longer      7']);
  });

  test('does not count colours as width', () => {
    const [, row] = table(['x', 'y'], [['\x1b[31mred\x1b[39m', 'z']]).split('\n');
    expect(row).toBe('\x1b[31mred\x1b[39m  z');
  });
});

describe('cutting a line', () => {
  test('counts what is seen and keeps the colours', () => {
    expect(cut('\x1b[31mabcdef\x1b[39m', 3)).toBe('\x1b[31mabc\x1b[39m');
  });
});

describe('durations', () => {
  test.each([
    [950, '0.9 s'],
    [59_900, '59.9 s'],
    [75_000, '1 m 15 s'],
  ])('%d ms is %s', (ms, text) => {
    expect(seconds(ms)).toBe(text);
  });
});

describe('an error on the terminal', () => {
  test('says what to do next and shows no stack', () => {
    expect(explain(new CliError('no local cloud is running here', 'start one'), false)).toBe(
      'error: no local cloud is running here\n  → start one',
    );
  });

  test('shows the stack when asked to', () => {
    expect(explain(new Error('odd'), true)).toContain('text.test.ts');
    expect(explain(new Error('odd'), false)).not.toContain('text.test.ts');
  });
});
