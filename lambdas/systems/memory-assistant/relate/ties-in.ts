import type { Said } from '../analyze/said.ts';
import { NOBODY } from '../analyze/said.ts';

/** Two people and what speaks for a tie between them. Names in alphabetical order. */
export interface Tie {
  readonly a: string;
  readonly b: string;
  readonly replies: number;
  readonly mentions: number;
  readonly conversations: number;
  readonly first: number;
  readonly last: number;
}

/** Whoever speaks within so long after somebody else answers them. */
const REPLY_MS = 30 * 60_000;

/** What a tie weighs: to answer somebody says more than to name them. */
export const weightOf = ({ replies, mentions }: Pick<Tie, 'replies' | 'mentions'>): number => replies + mentions / 2;

/**
 * Who has to do with whom: replies and mentions, counted.
 * @param said in order of time
 * @param nameOf the person behind a name
 */
export function tiesIn(said: readonly Said[], nameOf: (name: string) => string): Tie[] {
  const ties = new Map<string, { tie: Tie; groups: Set<string> }>();
  const people = [...new Set(said.map(({ person }) => nameOf(person)))].filter((name) => name !== NOBODY);
  const mentioned = mentionsOf(people, [...new Set(said.map(({ person }) => person))], nameOf);

  function note(one: string, other: string, what: 'replies' | 'mentions', { at, conversation }: Said): void {
    if (one === other || one === NOBODY || other === NOBODY) return;
    const [a = '', b = ''] = [one, other].sort((x, y) => x.localeCompare(y));
    const key = JSON.stringify([a, b]);
    const known = ties.get(key) ?? {
      ...{ tie: { a, b, replies: 0, mentions: 0, conversations: 0, first: at, last: at }, groups: new Set<string>() },
    };
    known.groups.add(conversation);
    const counted = { ...known.tie, [what]: known.tie[what] + 1, conversations: known.groups.size };
    ties.set(key, {
      groups: known.groups,
      tie: { ...counted, first: Math.min(known.tie.first, at), last: Math.max(known.tie.last, at) },
    });
  }

  const lastIn = new Map<string, Said>();
  for (const one of said) {
    const before = lastIn.get(one.conversation);
    if (before && one.at - before.at <= REPLY_MS) note(nameOf(before.person), nameOf(one.person), 'replies', one);
    lastIn.set(one.conversation, one);
    for (const person of mentioned(one.text)) note(nameOf(one.person), person, 'mentions', one);
  }
  return [...ties.values()].map(({ tie }) => tie).sort((x, y) => weightOf(y) - weightOf(x) || x.a.localeCompare(y.a));
}

/** Finds people by their full names, and by first names that only one of them has; however many there are, in one go. */
function mentionsOf(people: readonly string[], names: readonly string[], nameOf: (name: string) => string) {
  const firsts = new Map<string, string[]>();
  for (const person of people) {
    const [first = person] = person.split(' ');
    const owners = firsts.get(first) ?? [];
    firsts.set(first, owners);
    owners.push(person);
  }
  const known = new Map<string, string>();
  for (const [first, owners] of firsts)
    if (owners.length === 1 && first.length > 2) known.set(first, owners[0] ?? first);
  for (const name of names) if (name !== NOBODY) known.set(name, nameOf(name));
  const longest = [...known.keys()].reduce((most, name) => Math.max(most, name.match(WORD)?.length ?? 0), 0);
  return (text: string): Set<string> => {
    const words = [...text.matchAll(WORD)];
    const found = new Set<string>();
    for (let at = 0; at < words.length; at++)
      for (let size = Math.min(longest, MOST_WORDS); size > 0; size--) {
        const [first, last] = [words[at], words[at + size - 1]];
        const person = first && last && known.get(text.slice(first.index, last.index + last[0].length));
        if (person === undefined) continue;
        found.add(person);
        at += size - 1;
        break;
      }
    return found;
  };
}
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
/** No name of more words is looked for. */
const MOST_WORDS = 6;
