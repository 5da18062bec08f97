import type { Mark } from './presidio-format.ts';

/*
 * Scores as Presidio's research evaluator counts them (its docs/span_evaluation.md): texts are cut into tokens; tokens of the
 * same kind that stand together, or with nothing but marks and stop words between them, are one span; a span is found when
 * what overlaps it covers enough of it (intersection over union of characters, marks and stop words left out at its ends).
 */

export interface Counts {
  found: number;
  marked: number;
  predicted: number;
}
export const noCounts = (): Counts => ({ found: 0, marked: 0, predicted: 0 });

/** P, R and F2: recall counts four times as much as precision. */
export function scoreOf({ found, marked, predicted }: Counts): { precision: number; recall: number; f2: number } {
  const precision = predicted === 0 ? (marked === 0 ? 1 : 0) : found / predicted;
  const recall = marked === 0 ? 1 : found / marked;
  const f2 = precision + recall === 0 ? 0 : (5 * precision * recall) / (4 * precision + recall);
  return { precision: rounded(precision), recall: rounded(recall), f2: rounded(f2) };
}
const rounded = (value: number): number => Number(value.toFixed(4));

const TOKEN = /\p{L}[\p{L}\p{M}\p{N}'’]*|\p{N}+|[^\s\p{L}\p{N}]/gu;
/** Words that don't make a span another one; the evaluator's list has more of the kind. */
const SKIPPED = new Set(
  [
    'a an the and or of do as at by for from in into is it its on to was were with this that these those be been are am i my me',
    'you your he his him she her they their them we our us who what which when where why how not no nor so than then too very can',
    'will just should now but if because until while about against between through during before after above below up down out off',
    'over under again further once here there all any both each few more most other some such only own same has have had having',
    'street st st. de rue via day days address country state city zip po apt unit corner p.o. box suite mr. mrs. mr mrs miss year',
    'years y/o month months old morning noon afternoon night evening first last week weeks weekend age ago inc inc. ltd s',
  ]
    .join(' ')
    .split(' '),
);

interface Span {
  readonly start: number;
  readonly end: number;
  readonly firstToken: number;
  readonly lastToken: number;
}

/** Adds one text to the counts. @param share of a span's characters that must be right: above it, it is found */
export function countSpans(
  text: string,
  marks: readonly Mark[],
  predicted: readonly Mark[],
  share: number,
  counts: Counts,
): void {
  const tokens = [...text.matchAll(TOKEN)].map(({ index, 0: word }) => ({
    ...{
      start: index,
      end: index + word.length,
      skipped: /^[^\p{L}\p{N}]$/u.test(word) || SKIPPED.has(word.toLowerCase()),
    },
  }));
  const truth = spansOf(tokens, marks);
  const guesses = spansOf(tokens, predicted);
  const used = new Set<Span>();
  for (const span of truth) {
    counts.marked += 1;
    const over = guesses.filter((guess) => guess.start < span.end && span.start < guess.end);
    for (const guess of over) used.add(guess);
    if (over.length === 0) continue;
    counts.predicted += 1;
    if (overlap(span, over) >= share) counts.found += 1;
  }
  counts.predicted += guesses.filter((guess) => !used.has(guess)).length;
}

function overlap(span: Span, guesses: readonly Span[]): number {
  const common = guesses.reduce(
    (sum, guess) => sum + Math.min(guess.end, span.end) - Math.max(guess.start, span.start),
    0,
  );
  const guessed = guesses.reduce((sum, guess) => sum + guess.end - guess.start, 0);
  return common / (span.end - span.start + guessed - common);
}

function spansOf(
  tokens: ReadonlyArray<{ start: number; end: number; skipped: boolean }>,
  marks: readonly Mark[],
): Span[] {
  const spans: Span[] = [];
  for (const [place, token] of tokens.entries()) {
    if (token.skipped || !marks.some(({ start, end }) => token.start < end && start < token.end)) continue;
    const last = spans.at(-1);
    const between = last === undefined ? [] : tokens.slice(last.lastToken + 1, place);
    if (last !== undefined && between.every(({ skipped }) => skipped))
      spans[spans.length - 1] = { ...last, end: token.end, lastToken: place };
    else spans.push({ start: token.start, end: token.end, firstToken: place, lastToken: place });
  }
  return spans;
}
