import { type Sentence, sentencesOf } from './sentences.ts';
import { termsOf } from './terms.ts';
import { cosineOf, idfOf, type Vector, vectorOf } from './vectors.ts';

/** LexRank's own figures: two sentences are neighbours above this cosine; a walker jumps anywhere with this chance. */
const NEIGHBOURS = 0.1;
const JUMP = 0.15;
const ROUNDS = 50;
/** A sentence this much like one that was chosen adds nothing (maximal marginal relevance, as a bound). */
const SAME = 0.6;
/** Different terms of a sentence: headings and half sentences sum nothing up, unless there is nothing else. */
const LEAST_TERMS = 4;
/** With fewer whole sentences than this a text is made of other things, such as rows and lines. */
const LEAST_SENTENCES = 3;
/** Of sentences; every pair is compared, so more would take seconds. Longer texts are thinned evenly. */
const MOST_SENTENCES = 400;

export interface Ranked extends Sentence {
  /** The share of a random walker's time that is spent there, over that of the sentence with the most: 0 to 1. */
  readonly score: number;
}

/**
 * Sentences by how central they are: the stationary distribution of a random walk over sentences that share terms.
 * LexRank, Erkan and Radev, "LexRank: Graph-based Lexical Centrality as Salience in Text Summarization", JAIR 22 (2004),
 * with continuous weights above the threshold.
 */
export function rankedSentences(text: string, language?: string): Ranked[] {
  const all = sentencesOf(text, language);
  const long = all.filter((sentence) => new Set(termsOf(sentence.text)).size >= LEAST_TERMS);
  const whole = long.filter((sentence) => /[.!?…]["')\]]*$/.test(sentence.text));
  const [best = all] = [whole, long].filter((some) => some.length >= LEAST_SENTENCES);
  const sentences = thinned(best);
  const terms = sentences.map((sentence) => termsOf(sentence.text));
  const idf = idfOf(terms);
  const vectors = terms.map((list) => vectorOf(list, idf));
  const scores = stationary(vectors);
  const most = Math.max(...scores, Number.EPSILON);
  return sentences.map((sentence, index) => ({ ...sentence, score: (scores[index] ?? 0) / most }));
}

/** The most central sentences that are not much alike, in the order of the text. */
export function centralSentences(text: string, most: number, language?: string): Ranked[] {
  const ranked = rankedSentences(text, language).sort((one, other) => other.score - one.score || one.at - other.at);
  const idf = idfOf(ranked.map((sentence) => termsOf(sentence.text)));
  const chosen: Array<{ sentence: Ranked; vector: Vector }> = [];
  for (const sentence of ranked) {
    if (chosen.length >= most) break;
    const vector = vectorOf(termsOf(sentence.text), idf);
    if (chosen.some((other) => cosineOf(other.vector, vector) >= SAME)) continue;
    chosen.push({ sentence, vector });
  }
  return chosen.map(({ sentence }) => sentence).sort((one, other) => one.at - other.at);
}

function stationary(vectors: readonly Vector[]): number[] {
  const count = vectors.length;
  const rows = vectors.map((one, row) => {
    const near = vectors.map((other, column) => (row === column ? 0 : cosineOf(one, other)));
    const kept = near.map((cosine) => (cosine >= NEIGHBOURS ? cosine : 0));
    const sum = kept.reduce((total, weight) => total + weight, 0);
    return sum === 0 ? undefined : kept.map((weight) => weight / sum);
  });
  let scores = vectors.map(() => 1 / Math.max(1, count));
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = vectors.map(() => JUMP / count);
    for (const [from, row] of rows.entries()) {
      const held = (1 - JUMP) * (scores[from] ?? 0);
      // Who has no neighbour goes anywhere.
      for (let to = 0; to < count; to += 1) next[to] = (next[to] ?? 0) + held * (row ? (row[to] ?? 0) : 1 / count);
    }
    const moved = next.reduce((sum, score, index) => sum + Math.abs(score - (scores[index] ?? 0)), 0);
    scores = next;
    if (moved < 1e-9) break;
  }
  return scores;
}

function thinned(sentences: readonly Sentence[]): Sentence[] {
  if (sentences.length <= MOST_SENTENCES) return [...sentences];
  const every = sentences.length / MOST_SENTENCES;
  return Array.from({ length: MOST_SENTENCES }, (_, at) => sentences[Math.floor(at * every)]).flatMap(
    (sentence) => sentence ?? [],
  );
}
