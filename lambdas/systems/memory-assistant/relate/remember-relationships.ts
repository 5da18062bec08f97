import { createHash } from 'node:crypto';
import * as z from 'zod';
import { asJson } from '../../../contracts/json.ts';
import type { MemoryLink, Recalled } from '../../../contracts/memory.ts';
import { MEMORY_LIMITS } from '../../../contracts/memory.ts';
import type { Memory } from '../../../runtime/memory.ts';
import { POOLS } from '../pools.ts';
import { ALL_TIME, readStretch } from '../read-stretch.ts';
import type { Alias } from './aliases.ts';
import { clashOf, type Fact } from './facts-in.ts';
import type { Tie } from './ties-in.ts';

/** Each kind of what is known of people lies under a name of its own. */
const GROUPS = { ties: 'relationships/ties', aliases: 'relationships/aliases', facts: 'relationships/facts' } as const;

/**
 * A tie lies there in two halves. Each is its own person's, by its subject, and names nobody else: whoever is erased takes
 * their half along, and what is left of the tie tells nothing of them.
 */
const TieHalf = z.object({
  tie: z.string().describe('The same in both halves: a hash of both people and the conversation'),
  ...{ replies: z.number(), mentions: z.number(), first: z.number(), last: z.number() },
});
type TieHalf = z.infer<typeof TieHalf>;
const AliasData = z.object({ person: z.string(), alias: z.string(), why: z.string(), confidence: z.number() });
const FactData = z.object({
  person: z.string(),
  attribute: z.string(),
  value: z.string(),
  at: z.number(),
  memory: z.string(),
});

type Reads = Pick<Memory, 'recall'>;
type Writes = Pick<Memory, 'recall' | 'rememberAll'>;
interface Known<T> {
  readonly entry: Recalled;
  readonly value: T;
}

async function readAll<T>(memory: Reads, group: string, schema: z.ZodType<T>): Promise<Array<Known<T>>> {
  const entries = await readStretch(memory, { pool: POOLS.relationships, group, ...ALL_TIME });
  return entries.flatMap((entry) => {
    const value = schema.safeParse(entry.data).data;
    return value === undefined ? [] : [{ entry, value }];
  });
}

/** Ties of all conversations together: each conversation's are counted once, however often it was imported. */
export async function knownTies(memory: Reads): Promise<Tie[]> {
  const halves = new Map<string, { people: string[]; half: TieHalf }>();
  for (const { entry, value } of await readAll(memory, GROUPS.ties, TieHalf)) {
    const { people } = halves.get(value.tie) ?? { people: [] };
    const others = people.filter((person) => person !== entry.subject);
    halves.set(value.tie, {
      people: [...others, ...(entry.subject === undefined ? [] : [entry.subject])],
      half: value,
    });
  }
  const ties = new Map<string, Tie>();
  for (const { people, half } of halves.values()) {
    const [a, b] = [...people].sort((one, other) => one.localeCompare(other));
    if (a === undefined || b === undefined) continue;
    const { replies, mentions, first, last } = half;
    const tie: Tie = { a, b, replies, mentions, conversations: 1, first, last };
    const key = JSON.stringify([a, b]);
    const known = ties.get(key);
    ties.set(key, known ? sumOf(known, tie) : tie);
  }
  return [...ties.values()];
}

const sumOf = (one: Tie, other: Tie): Tie => ({
  ...one,
  ...{ replies: one.replies + other.replies, mentions: one.mentions + other.mentions },
  conversations: one.conversations + other.conversations,
  ...{ first: Math.min(one.first, other.first), last: Math.max(one.last, other.last) },
});

/** What is to be written of a conversation's ties. */
function halvesOf({ a, b, replies, mentions, first, last }: Tie, from: string) {
  const tie = createHash('sha256')
    .update(JSON.stringify([from, a, b]))
    .digest('base64url');
  return [a, b].map((person) => ({
    person,
    half: { tie, replies, mentions, first, last } satisfies TieHalf,
    text: `${person} and somebody else answered each other ${replies} times and named each other ${mentions} times`,
  }));
}

export const knownAliases = async (memory: Reads): Promise<Alias[]> =>
  (await readAll(memory, GROUPS.aliases, AliasData)).map(({ value }) => value);

/** What was found, ties by the conversation that they were counted in. */
export interface Found {
  readonly ties: ReadonlyMap<string, readonly Tie[]>;
  readonly aliases: readonly Alias[];
  readonly facts: readonly Fact[];
}

/**
 * Writes down what is new. A tie that was counted anew takes the place of the older count; a fact that is told otherwise
 * takes the place of the older one if it is of a kind that changes (home, work), else both stay and contradict each other.
 */
export async function rememberRelationships(
  { ties, aliases, facts }: Found,
  memory: Writes,
  now: number,
): Promise<{ contradictions: Contradiction[] }> {
  const oldTies = new Map<string, Array<Known<TieHalf>>>();
  for (const known of await readAll(memory, GROUPS.ties, TieHalf)) {
    const key = JSON.stringify([known.value.tie, known.entry.subject]);
    oldTies.set(key, [...(oldTies.get(key) ?? []), known]);
  }
  const halves = [...ties].flatMap(([from, own]) => own.flatMap((tie) => halvesOf(tie, from)));
  const tieEntries = halves.flatMap(({ person, half, text }) => {
    const old = oldTies.get(JSON.stringify([half.tie, person])) ?? [];
    if (old.some(({ value }) => JSON.stringify(value) === JSON.stringify(half))) return [];
    return [{ text, data: asJson(half), subject: person, group: GROUPS.ties, links: linksTo(old, 'supersedes') }];
  });
  const oldAliases = await readAll(memory, GROUPS.aliases, AliasData);
  const aliasEntries = aliases
    .filter(({ person, alias }) => !oldAliases.some(({ value }) => value.person === person && value.alias === alias))
    .map((alias) => ({
      ...{ text: `${alias.person} is also called ${alias.alias}: ${alias.why}`, data: asJson(alias), links: [] },
      ...{ subject: alias.person, group: GROUPS.aliases, confidence: alias.confidence },
    }));
  const { entries: factEntries, contradictions } = await factsToRemember(facts, memory, now);
  // A millisecond each, so that they can be read in parts.
  const all = [
    ...[...tieEntries, ...aliasEntries].map((entry, place) => ({ ...entry, at: now - place })),
    ...factEntries,
  ];
  for (let at = 0; at < all.length; at += MEMORY_LIMITS.entriesAtOnce)
    await memory.rememberAll(all.slice(at, at + MEMORY_LIMITS.entriesAtOnce), { pool: POOLS.relationships });
  return { contradictions };
}

interface Contradiction {
  readonly person: string;
  readonly attribute: string;
  readonly values: string[];
}

/** Facts clash with those of the same person and attribute alone. */
const slotOf = ({ person, attribute }: Fact): string => JSON.stringify([person, attribute]);

/** In order of time; of what changes, only what was told last. */
function stillSo(facts: readonly Fact[]): Fact[] {
  const slots = new Map<string, Fact[]>();
  for (const fact of [...facts].sort((a, b) => a.at - b.at)) {
    const before = slots.get(slotOf(fact)) ?? [];
    const last = before.at(-1);
    if (last && clashOf(last, fact) === 'supersedes') before.length = 0;
    before.push(fact);
    slots.set(slotOf(fact), before);
  }
  return [...slots.values()].flat();
}

async function factsToRemember(facts: readonly Fact[], memory: Writes, now: number) {
  const old = Map.groupBy(await readAll(memory, GROUPS.facts, FactData), ({ value }) => slotOf(value));
  const seen = new Map<string, Fact[]>();
  const contradictions: Contradiction[] = [];
  const entries = stillSo(facts).flatMap((fact) => {
    const told = old.get(slotOf(fact)) ?? [];
    const before = seen.get(slotOf(fact)) ?? [];
    const isKnown = [...told.map(({ value }) => value), ...before].some((one) => clashOf(one, fact) === 'supports');
    const isOver = told.some(({ value }) => value.at > fact.at && clashOf(value, fact) === 'supersedes');
    if (isKnown || isOver) return [];
    const against = [...told.map(({ value }) => value), ...before].filter(
      (one) => clashOf(one, fact) === 'contradicts',
    );
    seen.set(slotOf(fact), [...before, fact]);
    if (against.length > 0)
      contradictions.push({
        ...{ person: fact.person, attribute: fact.attribute },
        values: [...against.map(({ value }) => value), fact.value].slice(-MOST_VALUES),
      });
    const linksOf = (kind: 'supersedes' | 'contradicts') =>
      linksTo(
        told.filter(({ value }) => clashOf(value, fact) === kind),
        kind,
      );
    return [
      {
        ...{ text: `${fact.person}: ${fact.attribute} is ${fact.value}`, data: asJson(fact), subject: fact.person },
        ...{ group: GROUPS.facts, at: fact.at, valid_from: Math.min(fact.at, now) },
        confidence: against.length > 0 ? 0.5 : 0.9,
        links: [...linksOf('supersedes'), ...linksOf('contradicts')].slice(0, MOST_LINKS),
      },
    ];
  });
  return { entries, contradictions };
}

/** So many values are named of a fact that is told in many ways. */
const MOST_VALUES = 10;
const MOST_LINKS = 20;
const linksTo = (known: ReadonlyArray<{ entry: Recalled }>, kind: MemoryLink['kind']): MemoryLink[] =>
  known.slice(0, MOST_LINKS).map(({ entry }) => ({ kind, to: entry.id }));
