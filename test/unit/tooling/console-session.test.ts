import { describe, expect, test } from '@jest/globals';
import { differenceOf, Names, stepsOf, wordsOf } from '../../support/guide/console-session.ts';

describe('The console session of a guide', () => {
  test('is read from its console blocks, with what each command shows and how it ends', () => {
    const guide =
      'Text\n```console\n$ muster a\none\n\ntwo\n$ muster b  # exits with 1\n```\n```sh\n$ not me\n```\n```console\n$ c \\\n    d\n```\n';
    expect(stepsOf(guide)).toEqual([
      { command: 'muster a', exitCode: 0, shown: ['one', '', 'two'] },
      { command: 'muster b', exitCode: 1, shown: [] },
      { command: 'c d', exitCode: 0, shown: [] },
    ]);
  });

  test('has words as a shell reads them', () => {
    expect(wordsOf(`resume run --task-input a='{"b": "c d"}' --reason "e f"`)).toEqual([
      ...['resume', 'run', '--task-input', 'a={"b": "c d"}', '--reason', 'e f'],
    ]);
  });

  test('takes runs, causes and entries from what was shown before', () => {
    const names = new Names();
    const shown = ['run_11111111 failed 12:00:00 3.5 s', 'abcdef01 2 etl', ' 3 12:00:00 done'];
    const output = 'run_22222222   failed 09:30:15  1 m 2 s\nabcdef99  2  etl\n    4  09:30:11  done\n';
    expect(differenceOf(shown, output, names)).toBeUndefined();
    expect(names.inCommand('fork run_11111111 --at 3')).toBe('fork run_22222222 --at 4');
    expect(names.inCommand('resume --cause abcdef01')).toBe('resume --cause abcdef99');
    expect(() => names.inCommand('fork run_33333333')).toThrow(/has shown run_33333333/);
  });

  test.each([
    ['another word', ['run failed'], 'run paused'],
    ['another number', ['15 rows'], '16 rows'],
    ['a line too much', ['one'], 'one\ntwo'],
    ['a line too little', ['one', 'two'], 'one'],
    ['a line that is nowhere', ['…', 'two', '…'], 'one\nthree'],
    ['another run than before', ['run_11111111 a', 'run_11111111 b'], 'run_aaaaaaaa a\nrun_bbbbbbbb b'],
  ])('differs by %s', (_, shown, output) => {
    expect(differenceOf(shown, output, new Names())).toMatch(/the guide/);
  });

  test('may leave out lines, and parts of lines', () => {
    expect(differenceOf(['…', 'two … four', '…'], 'one\ntwo three four\nfive', new Names())).toBeUndefined();
    expect(differenceOf(['one', '…'], 'one', new Names())).toBeUndefined();
  });
});
