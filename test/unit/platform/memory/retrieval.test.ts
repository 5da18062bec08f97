import { describe, expect, test } from '@jest/globals';
import { namedTimes, nearness } from '../../../../lambdas/platform/memory/retrieval/dates.ts';
import { type IndexedText, MemoryIndex } from '../../../../lambdas/platform/memory/retrieval/memory-index.ts';
import { best, scoresOf } from '../../../../lambdas/platform/memory/retrieval/rank.ts';
import { termsOf } from '../../../../lambdas/platform/memory/retrieval/terms.ts';
import { smallVector, VectorBlock } from '../../../../lambdas/platform/memory/retrieval/vectors.ts';

const DAY = Date.UTC(2023, 4, 8);
function ranked(question: string, entries: ReadonlyArray<Partial<IndexedText> & { text: string }>): string[] {
  const index = new MemoryIndex();
  for (const entry of entries) index.add({ at: DAY, ...entry });
  return best(scoresOf(index.features({ text: question })), entries.length).map((i) => entries[i]?.text ?? '');
}

describe('entries are found', () => {
  test('by their words, whatever their endings, stop words and case', () => {
    expect(termsOf("The researchers weren't RESEARCHING the agencies")).toEqual(['research', 'research', 'agenc']);
    expect(
      ranked('What did she research?', [{ text: 'a long walk' }, { text: 'Researching adoption agencies' }])[0],
    ).toBe('Researching adoption agencies');
  });

  test('by what is said next to them: an answer belongs to its question', () => {
    const group = { group: 'talk' };
    const others = Array.from({ length: 20 }, (_, i) => ({ text: `something else about trains ${i}`, group: `g${i}` }));
    const [first, second] = ranked('Which colour has the violin?', [
      ...others,
      { text: 'What colour does your violin have?', ...group },
      { text: 'A deep red, almost brown', ...group },
    ]);
    expect([first, second]).toContain('A deep red, almost brown');
  });

  test('by who said them, when the question names that speaker', () => {
    const entries = ['Ada', 'Bob'].map((speaker) => ({
      text: `my dog is ill, says ${speaker === 'Ada' ? 'a' : 'b'}`,
      speaker,
    }));
    expect(ranked('Is the dog of Bob ill?', entries)[0]).toContain('says b');
  });

  test('by when they were said, when the question names that time', () => {
    const entries = [3, 7].map((month) => ({ text: `we went swimming (${month})`, at: Date.UTC(2023, month, 12) }));
    expect(ranked('Where did they swim in August 2023?', entries)[0]).toContain('(7)');
    expect(ranked('Where did they swim on 10 April?', entries)[0]).toContain('(3)');
  });

  test('by what kind of answer is wanted', () => {
    const entries = [{ text: 'the party was great fun' }, { text: 'the party was last Friday' }];
    expect(ranked('When was the party?', entries)[0]).toContain('Friday');
    const counts = [{ text: 'she has dogs and loves them' }, { text: 'she has three dogs now' }];
    expect(ranked('How many dogs does she have?', counts)[0]).toContain('three');
  });
});

test('a question leaves nothing behind for the next one', () => {
  const index = new MemoryIndex(2);
  for (const text of ['the ferry leaves at noon', 'when? on 3 May 2023', 'Ada has three dogs'])
    index.add({ text, at: DAY, group: 'talk', speaker: 'Ada', vector: Int8Array.of(1, 2) });
  const scores = (text: string, vector?: number[]) => [
    ...scoresOf(index.features({ text, ...(vector && { vector }) })),
  ];
  const before = scores('when does the ferry leave?');
  scores('How many dogs had Ada on 3 May 2023?', [1, 0]);
  expect(scores('when does the ferry leave?')).toEqual(before);
});

describe('times in a question', () => {
  const day = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date);

  test.each([
    ['on 3 May 2023', day(2023, 5, 3)],
    ['on May 3rd, 2023', day(2023, 5, 3)],
    ['on the 3rd of May', day(2023, 5, 3)],
    ['at 2023-05-03', day(2023, 5, 3)],
  ])('%s is a day', (text, from) => {
    expect(namedTimes(text, [2023])).toEqual([{ from, to: from + 86_400_000, precision: 'day' }]);
  });

  test('months and years are stretches, and "may" is a verb', () => {
    expect(namedTimes('in June', [2022, 2023]).map(({ from }) => from)).toEqual([day(2022, 6, 1), day(2023, 6, 1)]);
    expect(namedTimes('in 2022', [])).toEqual([{ from: day(2022, 1, 1), to: day(2023, 1, 1), precision: 'year' }]);
    expect(namedTimes('what may be', [2023])).toEqual([]);
  });

  test('what is told some days later is still near', () => {
    const times = namedTimes('3 May 2023', []);
    const at = [3, 6, 12, 20].map((date) => nearness(day(2023, 5, date), times));
    expect(at.map((value) => value > 0)).toEqual([true, true, true, false]);
    expect([...at].sort((a, b) => b - a)).toEqual(at);
  });
});

describe('vectors', () => {
  const at = (degrees: number): number[] => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];

  test('in eight bits are as like each other as before', () => {
    const block = new VectorBlock(2, 1);
    for (const degrees of [0, 30, 90]) block.add(smallVector(at(degrees)));
    const [same = 0, near = 0, far = 0] = block.cosines(at(0));
    expect(same).toBeCloseTo(1, 2);
    expect(near).toBeCloseTo(Math.cos(Math.PI / 6), 2);
    expect(far).toBeCloseTo(0, 2);
  });

  test('an entry without one is neither near nor far', () => {
    const block = new VectorBlock(2);
    for (const vector of [smallVector(at(0)), undefined, smallVector(at(90))]) block.add(vector);
    expect(block.cosines(at(0))[1]).toBeCloseTo(0.5, 2);
  });

  test('without a direction, or of another length, say nothing', () => {
    expect(smallVector([0, 0])).toBeUndefined();
    expect(smallVector([Number.NaN, 1])).toBeUndefined();
    const block = new VectorBlock(2);
    block.add(smallVector(at(0)));
    expect([...block.cosines([1, 2, 3])]).toEqual([0]);
  });
});

test('the best are the best, in their order, whatever the number of them', () => {
  const scores = Float64Array.from({ length: 200 }, (_, i) => (i * 7919) % 101);
  const sorted = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  for (const count of [1, 10, 200, 500]) expect(best(scores, count)).toEqual(sorted.slice(0, count));
  const even = (i: number): boolean => i % 2 === 0;
  expect(best(scores, 10, even)).toEqual(sorted.filter(even).slice(0, 10));
});
