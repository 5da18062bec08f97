import * as z from 'zod';
import { termsOf, wordsOf } from '../text/terms.ts';

/** Figures of numbers that come one by one. */
const Moments = z.object({
  count: z.number().int(),
  mean: z.number(),
  /** Sum of squared differences from the mean. */
  m2: z.number(),
  min: z.number(),
  max: z.number(),
});

/** Everything that is known after some chunks: plain data, so that a step can remember it. */
export const Running = z.object({
  chunks: z.number().int(),
  characters: z.number().int(),
  lines: z.number().int(),
  words: z.number().int(),
  terms: z.record(z.string(), z.number()),
  columns: z.array(z.string()).describe('Of a table; none for a text'),
  numbers: z.record(z.string(), Moments),
  unusual: z.array(z.object({ column: z.string(), value: z.number(), line: z.number().int(), deviations: z.number() })),
});
export type Running = z.infer<typeof Running>;

/** Different terms that are counted; the rarest go when there are more. */
const MOST_TERMS = 2_000;
/** Values of a column before any can be called unusual, and how many standard deviations away that is. */
const LEARNED_FROM = 30;
const UNUSUAL = 4;
const MOST_UNUSUAL = 50;

export const beginning = (columns: readonly string[]): Running => ({
  ...{ chunks: 0, characters: 0, lines: 0, words: 0, terms: {}, numbers: {}, unusual: [] },
  columns: [...columns],
});

/** One piece of what is analysed. */
export interface Chunk {
  readonly text: string;
  /** Of a table: its rows; their first is the line `fromLine`. */
  readonly rows?: ReadonlyArray<readonly string[]>;
  readonly fromLine: number;
}

/** The figures after one more chunk. */
export function further(before: Running, chunk: Chunk): Running {
  const { text, rows } = chunk;
  const counted = {
    ...{ chunks: before.chunks + 1, characters: before.characters + text.length },
    ...{ lines: before.lines + (text.match(/\n/g)?.length ?? 0), words: before.words + wordsOf(text).length },
    terms: moreTerms(before.terms, text),
  };
  if (!rows) return { ...before, ...counted };
  const numbers = new Map(Object.entries(before.numbers));
  const unusual = [...before.unusual];
  for (const [row, cells] of rows.entries())
    for (const [at, column] of before.columns.entries()) {
      const value = numberIn(cells[at]);
      if (value === undefined) continue;
      const known = numbers.get(column);
      const away = known && deviationsOf(value, known);
      if (away !== undefined && Math.abs(away) >= UNUSUAL && unusual.length < MOST_UNUSUAL)
        unusual.push({ column, value, line: chunk.fromLine + row, deviations: Math.round(away * 10) / 10 });
      numbers.set(column, withValue(known, value));
    }
  return { ...before, ...counted, numbers: Object.fromEntries(numbers), unusual };
}

/** What is told of it while it goes on. */
export function told({ terms, numbers, unusual, columns: _, ...counts }: Running) {
  const top = Object.entries(terms)
    .sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
    .slice(0, 5)
    .map(([term, count]) => ({ term, count }));
  const figures = Object.entries(numbers).map(([column, known]) => ({
    ...{ column, count: known.count, mean: rounded(known.mean), deviation: rounded(deviationOf(known)) },
    ...{ min: known.min, max: known.max },
  }));
  return { ...counts, top_terms: top, numbers: figures.slice(0, 20), unusual: unusual.length };
}

function moreTerms(known: Running['terms'], text: string): Running['terms'] {
  // A map, because "constructor" is a word like any other.
  const counts = new Map(Object.entries(known));
  for (const term of termsOf(text)) if (!/\p{N}/u.test(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
  const all = [...counts];
  const kept = all.length <= MOST_TERMS ? all : all.sort(([, one], [, other]) => other - one).slice(0, MOST_TERMS / 2);
  return Object.fromEntries(kept);
}

/** Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", Technometrics 4 (1962). */
function withValue(known: z.infer<typeof Moments> | undefined, value: number): z.infer<typeof Moments> {
  if (!known) return { count: 1, mean: value, m2: 0, min: value, max: value };
  const count = known.count + 1;
  const mean = known.mean + (value - known.mean) / count;
  const m2 = known.m2 + (value - known.mean) * (value - mean);
  return { count, mean, m2, min: Math.min(known.min, value), max: Math.max(known.max, value) };
}

const deviationOf = ({ count, m2 }: z.infer<typeof Moments>): number => (count < 2 ? 0 : Math.sqrt(m2 / (count - 1)));

function deviationsOf(value: number, known: z.infer<typeof Moments>): number | undefined {
  const deviation = deviationOf(known);
  return known.count < LEARNED_FROM || deviation === 0 ? undefined : (value - known.mean) / deviation;
}

function numberIn(cell: string | undefined): number | undefined {
  const text = cell?.trim() ?? '';
  return /^[-+]?(\d+(\.\d+)?|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
