import { countsOf, termsOf } from './terms.ts';
import { cosineOf, idfOf, vectorOf } from './vectors.ts';

/** A class that a text may belong to. */
export interface Label {
  readonly name: string;
  readonly description?: string | undefined;
  /** Texts that belong to it. */
  readonly examples?: readonly string[] | undefined;
}

export interface Ranking {
  readonly method: string;
  /** All labels, the most likely first; the scores add up to 1. */
  readonly ranked: ReadonlyArray<{ readonly label: string; readonly score: number }>;
  /** No word of the text speaks for any of them. */
  readonly isGuess: boolean;
}

/**
 * Labels by likelihood, from words alone. With examples of at least two labels: multinomial naive Bayes with add-one
 * smoothing and equal priors (Manning, Raghavan and Schütze 2008, chapter 13). Without: the cosine between the text and
 * each label's name and description.
 */
export function rankLabels(text: string, labels: readonly Label[]): Ranking {
  const taught = labels.filter(({ examples = [] }) => examples.length > 0);
  return taught.length >= 2 && taught.length === labels.length ? byExamples(text, labels) : byWords(text, labels);
}

function byExamples(text: string, labels: readonly Label[]): Ranking {
  const classes = labels.map(({ name, description = '', examples = [] }) => ({
    name,
    counts: countsOf(termsOf([name, description, ...examples].join('\n'))),
  }));
  const vocabulary = new Set(classes.flatMap(({ counts }) => [...counts.keys()]));
  const known = termsOf(text).filter((term) => vocabulary.has(term));
  const logs = classes.map(({ counts }) => {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return known.reduce((sum, term) => sum + Math.log(((counts.get(term) ?? 0) + 1) / (total + vocabulary.size)), 0);
  });
  const top = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - top));
  return rankingOf('naive Bayes over the examples', labels, weights, known.length === 0);
}

function byWords(text: string, labels: readonly Label[]): Ranking {
  const told = labels.map(({ name, description = '', examples = [] }) =>
    termsOf([name.replaceAll(/[_-]/g, ' '), description, ...examples].join('\n')),
  );
  const idf = idfOf(told);
  const vector = vectorOf(termsOf(text), idf);
  const weights = told.map((terms) => cosineOf(vector, vectorOf(terms, idf)));
  return rankingOf(
    'shared words with names and descriptions',
    labels,
    weights,
    weights.every((weight) => weight === 0),
  );
}

function rankingOf(method: string, labels: readonly Label[], weights: readonly number[], isGuess: boolean): Ranking {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const ranked = labels.map(({ name }, index) => ({
    label: name,
    score: isGuess || sum === 0 ? 1 / labels.length : (weights[index] ?? 0) / sum,
  }));
  return { method, isGuess, ranked: ranked.sort((one, other) => other.score - one.score) };
}
