import { plainText, wordsOf } from './terms.ts';

/** What a text shows of itself beside its words. */
export interface TextCues {
  /** Ends in a question: it asks rather than tells. */
  readonly asks: boolean;
  /** Says when something was. */
  readonly tellsTime: boolean;
  /** Says how many. */
  readonly tellsNumber: boolean;
}

const TIME =
  /\b(?:yesterday|today|tonight|tomorrow|ago|last|next|weeks?|weekend|months?|years?|recently|since|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|november|december|\d{4}|morning|evening|soon|just)\b/;
const NUMBER =
  /\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|twice|once|couple|few)\b/;
const ASKS = /\?\s{0,8}$/;

export function cuesOf(text: string): TextCues {
  const plain = plainText(text);
  return { asks: ASKS.test(plain), tellsTime: TIME.test(plain), tellsNumber: NUMBER.test(plain) };
}

/** What kind of answer a question wants. */
export interface QuestionCues {
  readonly wantsTime: boolean;
  readonly wantsNumber: boolean;
}

const WANTS_TIME = /^\s{0,8}when\b|\b(?:what|which) (?:date|month|year|day|time|week)\b|\bhow long\b/;
const WANTS_NUMBER = /\bhow (?:many|much|old|long|often)\b/;

export function questionCues(text: string): QuestionCues {
  const plain = plainText(text);
  return { wantsTime: WANTS_TIME.test(plain), wantsNumber: WANTS_NUMBER.test(plain) };
}

/** Which of these speakers a question names, by whole words. */
export function namedIn(text: string, speakers: Iterable<string>): Set<string> {
  const words = new Set(wordsOf(text).map((word) => word.replace(/'s$/, '')));
  const named = new Set<string>();
  for (const speaker of speakers) if (wordsOf(speaker).every((word) => words.has(word))) named.add(speaker);
  named.delete('');
  return named;
}
