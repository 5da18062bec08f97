import * as z from 'zod';
import { asJson } from '../../../contracts/json.ts';
import type { MemoryLink, Recalled } from '../../../contracts/memory.ts';
import { MEMORY_LIMITS } from '../../../contracts/memory.ts';
import type { Memory } from '../../../runtime/memory.ts';
import { POOLS } from '../pools.ts';
import { readStretch } from '../read-stretch.ts';
import type { Alias } from './aliases.ts';
import { clashOf, type Fact } from './facts-in.ts';
import type { Tie } from './ties-in.ts';

/** Each kind of what is known of people lies under a name of its own. */
const GROUPS = { ties: 'relationships/ties', aliases: 'relationships/aliases', facts: 'relationships/facts' } as const;

const TieData = z.object({
  ...{ a: z.string(), b: z.string(), replies: z.number(), mentions: z.number(), conversations: z.number() },
  ...{ first: z.number(), last: z.number() },
  from: z.string().describe('The conversations that it was counted in'),
});
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

/** Later than anything that is told of. */
const FAR = 4_102_444_800_000;

async function readAll<T>(memory: Reads, group: string, schema: z.ZodType<T>): Promise<Array<Known<T>>> {
  const entries = await readStretch(memory, { pool: POOLS.relationships, group, since: 0, until: FAR });
  return entries.flatMap((entry) => {
    const value = schema.safeParse(entry.data).data;
    return value === undefined ? [] : [{ entry, value }];
  });
}

/** Ties of all imports together: each conversation's are counted once, however often it was imported. */
export async function knownTies(memory: Reads): Promise<Tie[]> {
  const ties = new Map<string, Tie>();
  for (const { value } of await readAll(memory, GROUPS.ties, TieData)) {
    const key = JSON.stringify([value.a, value.b]);
    const known = ties.get(key);
    const { from: _, ...tie } = value;
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

export const knownAliases = async (memory: Reads): Promise<Alias[]> =>
  (await readAll(memory, GROUPS.aliases, AliasData)).map(({ value }) => value);

/**
 * Writes down what is new. A tie that was counted anew takes the place of the older count; a fact that is told otherwise
 * takes the place of the older one if it is of a kind that changes (home, work), else both stay and contradict each other.
 * @param from names the conversations that were read
 */
export async function rememberRelationships(
  { ties, aliases, facts }: { ties: readonly Tie[]; aliases: readonly Alias[]; facts: readonly Fact[] },
  from: string,
  memory: Writes,
  now: number,
): Promise<{ contradictions: Array<{ person: string; attribute: string; values: string[] }> }> {
  const oldTies = await readAll(memory, GROUPS.ties, TieData);
  const tieEntries = ties.flatMap((tie) => {
    const data = { ...tie, from };
    const old = oldTies.filter(({ value }) => value.from === from && value.a === tie.a && value.b === tie.b);
    if (old.some(({ value }) => JSON.stringify(value) === JSON.stringify(data))) return [];
    const text = `${tie.a} and ${tie.b} answered each other ${tie.replies} times and named each other ${tie.mentions} times (${from})`;
    return [{ text, data: asJson(data), subject: tie.a, group: GROUPS.ties, links: linksTo(old, 'supersedes') }];
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

async function factsToRemember(facts: readonly Fact[], memory: Writes, now: number) {
  const old = await readAll(memory, GROUPS.facts, FactData);
  const contradictions: Array<{ person: string; attribute: string; values: string[] }> = [];
  const seen: Fact[] = [];
  const entries = [...facts]
    .sort((a, b) => a.at - b.at)
    .flatMap((fact) => {
      const clashes = old.map((known) => ({ known, clash: clashOf(known.value, fact) }));
      const isKnown =
        clashes.some(({ clash }) => clash === 'supports') || seen.some((one) => clashOf(one, fact) === 'supports');
      const against = [...old.map(({ value }) => value), ...seen].filter((one) => clashOf(one, fact) === 'contradicts');
      seen.push(fact);
      if (isKnown) return [];
      if (against.length > 0)
        contradictions.push({
          person: fact.person,
          attribute: fact.attribute,
          values: [...against.map(({ value }) => value), fact.value],
        });
      const linksOf = (kind: 'supersedes' | 'contradicts') =>
        linksTo(
          clashes
            .filter(({ clash, known }) => clash === kind && (kind === 'contradicts' || known.value.at <= fact.at))
            .map(({ known }) => known),
          kind,
        );
      const text = `${fact.person}: ${fact.attribute} is ${fact.value}`;
      return [
        {
          ...{
            text,
            data: asJson(fact),
            subject: fact.person,
            group: GROUPS.facts,
            at: fact.at,
            valid_from: Math.min(fact.at, now),
          },
          confidence: against.length > 0 ? 0.5 : 0.9,
          links: [...linksOf('supersedes'), ...linksOf('contradicts')],
        },
      ];
    });
  return { entries, contradictions };
}

const linksTo = (known: ReadonlyArray<{ entry: Recalled }>, kind: MemoryLink['kind']): MemoryLink[] =>
  known.slice(0, 20).map(({ entry }) => ({ kind, to: entry.id }));
