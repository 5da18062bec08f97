import { mean, standardDeviation } from 'simple-statistics';
import * as z from 'zod';

/** Words that everybody uses and nobody thinks about: by how often they come, writers are told apart (Burrows 2002). */
const FUNCTION_WORDS =
  'the a and to of in i you it is that for on my with at be me we so but have not this are was can do will just if or as all what out up your about there when from like how then they had would too no one'.split(
    ' ',
  );
const EMOJI = /\p{Extended_Pictographic}/gu;

/** How somebody writes, in numbers; nothing of what they wrote but words that they begin and end with. */
export const Style = z.object({
  person: z.string(),
  memories: z.number().int(),
  words: z.number().describe('Mean of a message'),
  spread: z.number().describe('Standard deviation of that'),
  variety: z.number().describe('Different words of the first 200'),
  questions: z.number().describe('Share of messages'),
  exclamations: z.number(),
  small_letters: z.number().describe('Share of messages that begin with one'),
  emoji: z.array(z.object({ emoji: z.string(), times: z.number().int() })),
  greetings: z.array(z.string()),
  closings: z.array(z.string()),
  function_words: z.record(z.string(), z.number()).describe('Of a thousand words'),
});
export type Style = z.infer<typeof Style>;

export function styleOf(person: string, texts: readonly string[]): Style {
  const words = texts.map(wordsOf);
  const lengths = words.map((own) => own.length);
  const all = words.flat();
  const share = (test: (text: string) => boolean): number => rounded(texts.filter(test).length / texts.length);
  return {
    ...{ person, memories: texts.length, words: rounded(mean(lengths)), spread: rounded(standardDeviation(lengths)) },
    variety: new Set(all.slice(0, 200)).size,
    questions: share((text) => text.includes('?')),
    exclamations: share((text) => text.includes('!')),
    small_letters: share((text) => /^\p{Ll}/u.test(text.trim())),
    emoji: frequent(
      texts.flatMap((text) => text.match(EMOJI) ?? []),
      1,
    )
      .slice(0, 5)
      .map(([emoji, times]) => ({ emoji, times })),
    greetings: frequent(
      words.flatMap((own) => own[0] ?? []),
      3,
    )
      .slice(0, 3)
      .map(([word]) => word),
    closings: frequent(
      words.flatMap((own) => own.at(-1) ?? []),
      3,
    )
      .slice(0, 3)
      .map(([word]) => word),
    function_words: Object.fromEntries(
      FUNCTION_WORDS.map((word) => [
        word,
        rounded((all.filter((own) => own === word).length / Math.max(1, all.length)) * 1_000),
      ]),
    ),
  };
}

/**
 * How far a text is from each of several styles: Burrows' Delta, the mean difference of z-scores of function words. Needs two
 * styles at least; the smallest is the likeliest writer.
 */
export function distances(text: string, styles: readonly Style[]): Array<{ person: string; delta: number }> {
  const own = styleOf('', [text]).function_words;
  const usable = FUNCTION_WORDS.flatMap((word) => {
    const values = styles.map((style) => style.function_words[word] ?? 0);
    const deviation = standardDeviation(values);
    return deviation > 0 ? [{ word, middle: mean(values), deviation }] : [];
  });
  return styles
    .map((style) => ({
      person: style.person,
      delta: rounded(
        usable.length === 0
          ? 0
          : mean(
              usable.map(({ word, middle, deviation }) => {
                const z = (value: number): number => (value - middle) / deviation;
                return Math.abs(z(own[word] ?? 0) - z(style.function_words[word] ?? 0));
              }),
            ),
      ),
    }))
    .sort((a, b) => a.delta - b.delta);
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/\p{L}[\p{L}\p{M}'’]*/gu) ?? [];
const rounded = (value: number): number => Number(value.toFixed(2));

function frequent(values: readonly string[], least: number): Array<[string, number]> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].filter(([, times]) => times >= least).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}
