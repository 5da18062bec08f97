import { sentencesOf } from './sentences.ts';
import { countsOf, termsOf } from './terms.ts';

/** A few sentences of a text that belong together. */
export interface Passage {
  readonly text: string;
  readonly from: number;
}

/** Characters that a passage has at least, unless the text ends. */
const PASSAGE_CHARACTERS = 300;
/** Okapi BM25's usual figures (Robertson and Zaragoza 2009). */
const K1 = 1.2;
const B = 0.75;

/** A text in passages of whole sentences. */
export function passagesOf(text: string, language?: string): Passage[] {
  const passages: Array<{ text: string; from: number }> = [];
  let open: { text: string; from: number } | undefined;
  for (const sentence of sentencesOf(text, language)) {
    open = open ? { ...open, text: `${open.text} ${sentence.text}` } : { text: sentence.text, from: sentence.from };
    if (open.text.length < PASSAGE_CHARACTERS) continue;
    passages.push(open);
    open = undefined;
  }
  return open ? [...passages, open] : passages;
}

/**
 * How well each text answers a question, by the words that they share: Okapi BM25, divided by what a text would get that has
 * every term as often as counts, of those that any text has; times the share of the question's terms that any text has. 0 to 1.
 */
export function relevanceOf(question: string, texts: readonly string[]): number[] {
  const asked = [...new Set(termsOf(question))];
  const documents = texts.map((text) => termsOf(text));
  const mean = documents.reduce((sum, terms) => sum + terms.length, 0) / Math.max(1, documents.length) || 1;
  const within = countsOf(documents.flatMap((terms) => [...new Set(terms)]));
  const idf = (term: string): number => {
    const count = within.get(term) ?? 0;
    return Math.log(1 + (documents.length - count + 0.5) / (count + 0.5));
  };
  const known = asked.filter((term) => within.has(term));
  const best = known.reduce((sum, term) => sum + idf(term) * (K1 + 1), 0);
  const covered = known.length / Math.max(1, asked.length);
  return documents.map((terms) => {
    const counts = countsOf(terms);
    const score = asked.reduce((sum, term) => {
      const count = counts.get(term) ?? 0;
      return sum + (idf(term) * count * (K1 + 1)) / (count + K1 * (1 - B + (B * terms.length) / mean));
    }, 0);
    return best === 0 ? 0 : Math.min(1, (score / best) * covered);
  });
}
