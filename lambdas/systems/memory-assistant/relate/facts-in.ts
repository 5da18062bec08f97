import type { Said } from '../analyze/said.ts';

/** Something that is told of a person. The same attribute told otherwise contradicts it. */
export interface Fact {
  readonly person: string;
  readonly attribute: string;
  readonly value: string;
  readonly at: number;
  readonly memory: string;
}

const UP_TO = '[^.,;!?\\n]{2,60}';
/** How people tell of themselves; group 1 is the value. */
const TOLD: ReadonlyArray<readonly [string, RegExp]> = [
  ['birthday', new RegExp(`\\bmy birthday(?:['’]s| is)(?: on)? (${UP_TO})`, 'iu')],
  ['birthday', new RegExp(`\\bi was born(?: on| in)? (${UP_TO})`, 'iu')],
  ['home', new RegExp(`\\bi (?:now )?live (?:in|at) (${UP_TO})`, 'iu')],
  ['home', new RegExp(`\\b(?:i|we)(?:['’]ve| have)? (?:just )?moved to (${UP_TO})`, 'iu')],
  ['work', new RegExp(`\\bi (?:now )?work (?:at|for|in) (${UP_TO})`, 'iu')],
  ['work', new RegExp(`\\bi(?:['’]ve| have)? (?:just )?started (?:working )?at (${UP_TO})`, 'iu')],
  ['phone', /\bmy (?:new )?(?:phone|mobile|cell)?\s?number is (\+?[\d ()-]{6,20})/iu],
  ['email', /\bmy (?:new )?e-?mail(?: address)? is (\S+@\S+\w)/iu],
  ['allergy', new RegExp(`\\bi(?:['’]m| am) allergic to (${UP_TO})`, 'iu')],
  ['favourite', new RegExp(`\\bmy favou?rite (\\w+ is ${UP_TO})`, 'iu')],
];
/** Whom people speak of as theirs: "my sister Ada". */
const KIN =
  /\bmy (sister|brother|mother|mom|mum|father|dad|wife|husband|partner|girlfriend|boyfriend|son|daughter|aunt|uncle|cousin|boss|colleague|neighbou?r|friend|grandmother|grandfather)(?:,)? (?:is called |called |named )?(\p{Lu}[\p{L}'’-]+)/gu;

export function factsIn(said: readonly Said[], nameOf: (name: string) => string): Fact[] {
  return said.flatMap(({ person, text, at, id }): Fact[] => {
    const who = nameOf(person);
    const told = TOLD.flatMap(([attribute, pattern]): Fact[] => {
      const value = pattern.exec(text)?.[1]?.trim();
      return value === undefined ? [] : [{ person: who, attribute, value, at, memory: id }];
    });
    const kin = [...text.matchAll(KIN)].map(([, role = '', name = '']) => ({
      ...{ person: who, attribute: role.toLowerCase(), value: nameOf(name), at, memory: id },
    }));
    return [...told, ...kin];
  });
}

/** Attributes of which people may have several at once. */
const MANY = new Set([
  'favourite',
  'allergy',
  'friend',
  'colleague',
  'neighbour',
  'neighbor',
  'sister',
  'brother',
  'son',
  'daughter',
  'aunt',
  'uncle',
  'cousin',
]);
/** Attributes that change; the newer counts. What does not change contradicts itself when it is told otherwise. */
const CHANGES = new Set(['home', 'work', 'phone', 'email', 'boss', 'partner', 'girlfriend', 'boyfriend']);

/** What a newer fact does to an older one of the same person and attribute. */
export function clashOf(older: Fact, newer: Fact): 'supersedes' | 'contradicts' | 'supports' | undefined {
  if (older.person !== newer.person || older.attribute !== newer.attribute) return undefined;
  if (older.value.toLowerCase() === newer.value.toLowerCase()) return 'supports';
  if (MANY.has(newer.attribute)) return undefined;
  return CHANGES.has(newer.attribute) ? 'supersedes' : 'contradicts';
}
