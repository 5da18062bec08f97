import { describe, expect, test } from '@jest/globals';
import { centralSentences } from '../../../../lambdas/systems/task-agents/text/central-sentences.ts';
import { sentencesOf } from '../../../../lambdas/systems/task-agents/text/sentences.ts';

const textsOf = (text: string): string[] => sentencesOf(text).map((sentence) => sentence.text);

describe('sentences', () => {
  test.each<[string, string, string[]]>([
    ['a line break ends none', 'One line goes\non in the next. And ends.', ['One line goes on in the next. And ends.']],
    [
      'a blank line ends one',
      'A heading without an end\n\nA sentence of its own.',
      ['A heading without an end', 'A sentence of its own.'],
    ],
    [
      'the number of an item stays with it',
      '1. The first of the items.\n2. The second of the items.',
      ['1. The first of the items.', '2. The second of the items.'],
    ],
    ['a heading is its own', '# A title of a text\nA sentence of it.', ['A title of a text', 'A sentence of it.']],
    [
      'rows of a table are their own',
      '| a row of it | with cells |\n|---|---|\n| another row | of it all |',
      ['a row of it with cells', 'another row of it all'],
    ],
    [
      'code between fences is not read',
      'Before the code.\n\n```ts\nconst x = 1;\n```\n\nAfter the code.',
      ['Before the code.', 'After the code.'],
    ],
    [
      'a fence that is never closed is none',
      'Before the code.\n\n```\nand after it.',
      ['Before the code.', '``` and after it.'],
    ],
    ['there are none in nothing', ' \n\n ', []],
  ])('%s', (_, text, expected) => {
    expect(textsOf(text)).toEqual(expected);
  });

  test('know where they stand in the text', () => {
    const text = 'The first sentence.  The second one,\nover two lines.\n\n# A heading here\nThe last sentence.';
    for (const { text: sentence, from } of sentencesOf(text)) expect(text.slice(from)).toContain(sentence.slice(0, 8));
    expect(sentencesOf(text).map(({ at }) => at)).toEqual([0, 1, 2, 3]);
  });

  test('of a long text with many fences are found in time that grows with it', () => {
    const text = 'A sentence that is long enough. ```\n```a\n'.repeat(20_000);
    expect(sentencesOf(text).length).toBeGreaterThan(0);
  });
});

describe('the most central sentences', () => {
  test('are no two that say the same', () => {
    const same = 'The lighthouse keeper lit the big lamp every evening.';
    const chosen = centralSentences(`${same} ${same} ${same} Ships saw the light of the big lamp from far away.`, 2);
    expect(chosen.map(({ text }) => text)).toEqual([same, 'Ships saw the light of the big lamp from far away.']);
  });

  test('come in the order of the text, with the best at one', () => {
    const bread = 'Bread is baked in the morning.';
    const lamps = 'The lamp of the tower guides ships home. Ships trust the lamp of the tower.';
    const chosen = centralSentences(`Ships see the lamp of the tower. ${bread} ${lamps}`, 3);
    expect(chosen.map(({ at }) => at)).toEqual(chosen.map(({ at }) => at).toSorted((one, other) => one - other));
    expect(Math.max(...chosen.map(({ score }) => score))).toBe(1);
  });
});
