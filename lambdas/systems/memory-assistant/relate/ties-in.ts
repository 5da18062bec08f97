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

/** Finds people by their full names, and by first names that only one of them has. */
function mentionsOf(people: readonly string[], names: readonly string[], nameOf: (name: string) => string) {
  const firsts = new Map<string, string[]>();
  for (const person of people) {
    const [first = person] = person.split(' ');
    firsts.set(first, [...(firsts.get(first) ?? []), person]);
  }
  const known = new Map<string, string>();
  for (const [first, owners] of firsts)
    if (owners.length === 1 && first.length > 2) known.set(first, owners[0] ?? first);
  for (const name of names) if (name !== NOBODY) known.set(name, nameOf(name));
  const words = [...known.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&'));
  if (words.length === 0) return () => new Set<string>();
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})(?![\\p{L}\\p{N}])`, 'gu');
  return (text: string): Set<string> => new Set([...text.matchAll(pattern)].map(([name]) => known.get(name) ?? name));
}
