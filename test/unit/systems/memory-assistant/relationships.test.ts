import { describe, expect, test } from '@jest/globals';
import { patternsIn } from '../../../../lambdas/systems/memory-assistant/analyze/patterns-in.ts';
import type { Said } from '../../../../lambdas/systems/memory-assistant/analyze/said.ts';
import { aliasesIn, resolver } from '../../../../lambdas/systems/memory-assistant/relate/aliases.ts';
import { clashOf, factsIn } from '../../../../lambdas/systems/memory-assistant/relate/facts-in.ts';
import {
  circleOf,
  communitiesIn,
  wayBetween,
} from '../../../../lambdas/systems/memory-assistant/relate/social-graph.ts';
import { type Tie, tiesIn } from '../../../../lambdas/systems/memory-assistant/relate/ties-in.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
let next = 0;
const said = (person: string, text: string, at: number, conversation = 'c'): Said => {
  next += 1;
  return { id: `m${next}`, person, text, at, conversation, language: 'eng' };
};
const itself = (name: string): string => name;
const tie = (a: string, b: string, replies: number): Tie => ({
  a,
  b,
  replies,
  mentions: 0,
  conversations: 1,
  first: 0,
  last: 0,
});

describe('aliases', () => {
  test.each([
    [['Ada Lovelace', 'Ada'], 'Ada', 'Ada Lovelace'],
    [['José Silva', 'Jose Silva'], 'Jose Silva', 'José Silva'],
    [['Ada Lovelace', 'alovelace'], 'alovelace', 'Ada Lovelace'],
  ])('lead from %j: %s is %s', (people, name, person) => {
    const nameOf = resolver(aliasesIn(people, []));
    expect(nameOf(name)).toBe(nameOf(person));
  });

  test('are none where a name fits two people', () => {
    expect(aliasesIn(['Ada Lovelace', 'Ada Byron', 'Ada'], [])).toEqual([]);
  });

  test('are none where somebody takes the name of another who speaks', () => {
    const talk = [{ person: 'Mallory Finch', text: 'everyone calls me Carla' }];
    expect(aliasesIn(['Mallory Finch', 'Carla Sousa'], talk)).toEqual([]);
  });

  test('and ties are found in a crowd', () => {
    const crowd = Array.from({ length: 8_000 }, (_, n) => said(`Person${n} Number${n}`, `hello Person${n + 1}`, n));
    const began = performance.now();
    const names = crowd.map(({ person }) => person);
    const nameOf = resolver(aliasesIn(names, crowd));
    expect(tiesIn(crowd, nameOf)).toHaveLength(7_999);
    expect(patternsIn(crowd, 'UTC').people).toHaveLength(100);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('are what people say of themselves', () => {
    expect(aliasesIn(['Elisabeth Kurz'], [{ person: 'Elisabeth Kurz', text: 'everyone calls me Lisi' }])).toMatchObject(
      [{ person: 'Elisabeth Kurz', alias: 'Lisi' }],
    );
  });
});

describe('ties', () => {
  const talk = [
    said('Ada', 'hello', 0),
    said('Ben', 'hi', MINUTE),
    said('Ada', 'Carla comes too', 2 * MINUTE),
    said('Carla', 'yes', 3 * DAY),
    said('Carla', 'I do', 3 * DAY + MINUTE),
  ];

  test('are answers within half an hour, and names that are spoken', () => {
    expect(tiesIn(talk, itself)).toMatchObject([
      { a: 'Ada', b: 'Ben', replies: 2, mentions: 0 },
      { a: 'Ada', b: 'Carla', replies: 0, mentions: 1 },
    ]);
  });

  test('are names as whole words, with whatever stands around them', () => {
    const talk = [
      said('Ada', 'Ask Ben-Ali Said, or "Mary O’Neil"\'s sister', 0),
      said('Ben-Ali Said', 'x', DAY),
      said('Mary O’Neil', 'Adam', 2 * DAY),
    ];
    expect(tiesIn(talk, itself).map(({ a, b, mentions }) => [a, b, mentions])).toEqual([
      ['Ada', 'Ben-Ali Said', 1],
      ['Ada', 'Mary O’Neil', 1],
    ]);
  });

  test('are between people, whatever they are called', () => {
    const ties = tiesIn([said('Ada', 'a', 0), said('ada.l', 'b', MINUTE), said('Ben', 'c', 2 * MINUTE)], (name) =>
      name === 'ada.l' ? 'Ada' : name,
    );
    expect(ties).toMatchObject([{ a: 'Ada', b: 'Ben', replies: 1 }]);
  });

  test('make circles, ways and communities', () => {
    const ties = [
      tie('a', 'b', 9),
      tie('b', 'c', 9),
      tie('a', 'c', 9),
      tie('c', 'd', 1),
      tie('d', 'e', 9),
      tie('e', 'f', 9),
      tie('d', 'f', 9),
    ];
    expect(communitiesIn(ties).map(({ members }) => members)).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e', 'f'],
    ]);
    expect(wayBetween(ties, 'a', 'e')).toEqual(['a', 'c', 'd', 'e']);
    expect(wayBetween(ties, 'a', 'nobody')).toBeUndefined();
    expect(circleOf(ties, 'c', 1).map(({ person }) => person)).toEqual(['a', 'b', 'd']);
    expect(circleOf(ties, 'a', 2).map(({ person, steps }) => [person, steps])).toContainEqual(['d', 2]);
  });
});

describe('facts', () => {
  test('are what people tell of themselves and of theirs', () => {
    const facts = factsIn([said('Ada', 'My birthday is on 3 May. I live in Porto with my sister Rita', 0)], itself);
    expect(facts.map(({ attribute, value }) => [attribute, value])).toEqual([
      ['birthday', '3 May'],
      ['home', 'Porto with my sister Rita'],
      ['sister', 'Rita'],
    ]);
  });

  test('clash by what they are: a home changes, a birthday contradicts itself, friends are many', () => {
    const fact = (attribute: string, value: string) => ({ person: 'Ada', attribute, value, at: 0, memory: '' });
    expect(clashOf(fact('home', 'Porto'), fact('home', 'Faro'))).toBe('supersedes');
    expect(clashOf(fact('birthday', '3 May'), fact('birthday', '4 May'))).toBe('contradicts');
    expect(clashOf(fact('birthday', '3 May'), fact('birthday', '3 may'))).toBe('supports');
    expect(clashOf(fact('friend', 'Ben'), fact('friend', 'Carla'))).toBeUndefined();
    expect(clashOf(fact('home', 'Porto'), { ...fact('home', 'Faro'), person: 'Ben' })).toBeUndefined();
  });
});

describe('patterns', () => {
  /** Twelve weeks: choir on Thursdays, other things on other days. 1 January 2026 is a Thursday. */
  const start = Date.parse('2026-01-01T19:00Z');
  const weeks = Array.from({ length: 12 }, (_, week) => [
    said('Ada', 'choir tonight', start + week * 7 * DAY),
    said('Ben', `garden number ${week}`, start + week * 7 * DAY + 2 * DAY),
    said('Ben', 'lunch', start + week * 7 * DAY + 4 * DAY),
    said('Ada', 'lunch', start + week * 7 * DAY + 5 * DAY),
  ]).flat();

  test('are habits that are more than chance, and none that are not', () => {
    const { habits } = patternsIn(weeks, 'UTC');
    expect(habits.map(({ topic, weekday, weeks: count }) => [topic, weekday, count])).toEqual(
      expect.arrayContaining([
        ['choir', 4, 12],
        ['garden', 6, 12],
      ]),
    );
    expect(habits.map(({ topic }) => topic)).not.toContain('lunch');
  });

  test('are counted by the clock of a place', () => {
    expect(patternsIn([said('Ada', 'x', Date.parse('2026-07-01T23:30Z'))], 'Europe/Lisbon').hours[0]).toBe(1);
  });

  test('of nothing are nothing', () => {
    expect(patternsIn([], 'UTC')).toMatchObject({ memories: 0, people: [], topics: [], habits: [], change: null });
  });
});
