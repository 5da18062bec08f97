import { sentencesOf } from './sentences.ts';
import { shareWithin, termsOf, wordsOf } from './terms.ts';

/** How far an answer rests on its source. */
export interface Support {
  /** The share of the answer's terms that the source has, 0 to 1. */
  readonly share: number;
  /** Sentences of the answer of whose terms the source has less than half. */
  readonly unsupported: readonly string[];
  /** Numbers that the answer has and the source has not. */
  readonly foreignNumbers: readonly string[];
}

/** Of whose terms less is in the source is not from there. */
const LEAST_SHARE = 0.5;

const plainNumber = (word: string): string => word.replaceAll(',', '').replace(/\.$/, '');

/** Looks words and numbers of an answer up in its source. It sees what was made up; it does not see what was turned around. */
export function supportOf(answer: string, source: string): Support {
  const there = new Set(termsOf(source));
  const numbers = new Set(wordsOf(source).filter(hasDigit).map(plainNumber));
  const foreign = wordsOf(answer).filter((word) => hasDigit(word) && !numbers.has(plainNumber(word)));
  return {
    share: shareWithin(termsOf(answer), there),
    unsupported: sentencesOf(answer)
      .map(({ text }) => text)
      .filter((text) => termsOf(text).length > 0 && shareWithin(termsOf(text), there) < LEAST_SHARE),
    foreignNumbers: [...new Set(foreign)],
  };
}

const hasDigit = (word: string): boolean => /\p{N}/u.test(word);
