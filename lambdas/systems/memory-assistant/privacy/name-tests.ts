import { isCommon, knownAs } from './lexicon.ts';
import { isCompanyWord, isHonorific, isParticle } from './name-words.ts';
import type { Token } from './tokens.ts';

/** Written with a capital, but nobody's name. */
const NO_NAMES = new Set(
  [
    "c'mon y'all ma'am o'clock i i'm i'd i'll i've im ok okay tv us usa uk eu pm am asap faq hr it iban atm pin ssn id url ip dvd cd api pdf gps usb wifi",
    'monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september',
    'october november december easter christmas internet english-speaking lol omg btw fyi hi hello hey bot user dj mc rr',
    'montag dienstag mittwoch donnerstag freitag samstag sonntag lunes martes miércoles jueves viernes sábado domingo',
  ]
    .join(' ')
    .split(' '),
);

/** Whoever comes after "Mr." is somebody, whatever the word means otherwise. */
export function afterTitle(tokens: readonly Token[], at: number): boolean {
  const [token, before] = [tokens[at], tokens[at - 1]?.text === '.' ? tokens[at - 2] : tokens[at - 1]];
  return (
    token !== undefined && before !== undefined && hasCapital(token) && isHonorific(before.lower) && hasCapital(before)
  );
}

/** An ordinary word with a capital where none is due, such as the first of "Quarto Angelo", or one before "Inc". */
export function canLead(tokens: readonly Token[], at: number, shouts: boolean): boolean {
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (
    !token ||
    shouts ||
    !hasCapital(token) ||
    token.text.length < 2 ||
    NO_NAMES.has(token.lower) ||
    isHonorific(token.lower)
  )
    return false;
  return !token.begins || (next !== undefined && hasCapital(next) && isCompanyWord(next.lower));
}

/** A word that is a name by itself. */
export function isNameWord(tokens: readonly Token[], at: number, shouts: boolean): boolean {
  const token = tokens[at];
  if (token?.kind !== 'word' || NO_NAMES.has(token.lower)) return false;
  const lower = token.lower.replace(/['’]s?$/u, '');
  const known = knownAs(lower);
  const isPersons = known === 'first_name' || known === 'last_name';
  if (NO_NAMES.has(lower) || isHonorific(lower)) return false;
  if (token.letters === 'none')
    return /^[^\p{ASCII}]+$/u.test(token.text) && token.text.length > 1 && !/\p{Ll}/u.test(token.text);
  if (token.letters === 'small') return isPersons && !isCommon(lower) && lower.length > 3;
  if (token.text.length < 2 || (shouts && token.letters === 'capitals')) return isPersons && !isCommon(lower);
  if (!isCommon(lower)) return !isContraction(token.lower);
  if (!token.begins && isBesideName(tokens, at)) return true;
  // "Mark", "Grace", "Rose": ordinary words that are names, unless a sentence begins with them.
  return isPersons && (!token.begins || followsAsName(tokens, at));
}

const isContraction = (lower: string): boolean =>
  /['’](?:m|re|ve|ll|d|t|s)$/u.test(lower) &&
  (isCommon(lower.replace(/['’].*$/u, '')) || isCommon(lower.replace(/n['’].*$/u, '')));

/** "Marrero and White": what is named in one breath with a name is one. */
function isBesideName(tokens: readonly Token[], at: number): boolean {
  const isJoint = (token: Token | undefined): boolean =>
    token !== undefined && !token.newLine && /^(?:and|&|,)$/u.test(token.lower);
  const isName = (token: Token | undefined): boolean =>
    token?.kind === 'word' &&
    hasCapital(token) &&
    !isCommon(token.lower) &&
    !NO_NAMES.has(token.lower) &&
    !knownAs(token.lower)?.match(/country|place|people/u);
  return (isJoint(tokens[at - 1]) && isName(tokens[at - 2])) || (isJoint(tokens[at + 1]) && isName(tokens[at + 2]));
}

/** What people do, or another name, comes after: "Grace said", "Mark Twain". */
function followsAsName(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1];
  if (!next) return tokens.length <= 2;
  if (
    next.text === ':' ||
    /^(?:said|says|is|was|has|had|and|will|wants?|told|came|went|likes?|loves?|asked)$/u.test(next.lower)
  )
    return true;
  return next.kind === 'word' && hasCapital(next) && !isCommon(next.lower);
}

export const nextIsName = (tokens: readonly Token[], at: number): boolean => {
  const [next, after] = [tokens[at + 1], tokens[at + 2]];
  if (next && isParticle(next.lower)) return after !== undefined && hasCapital(after);
  return next !== undefined && next.kind === 'word' && hasCapital(next) && !next.newLine;
};
export const isJoined = (tokens: readonly Token[], at: number): boolean => {
  const [before, next] = [tokens[at - 1], tokens[at + 1]];
  return (
    before !== undefined &&
    next !== undefined &&
    before.end === tokens[at]?.start &&
    next.start === tokens[at]?.end &&
    hasCapital(next)
  );
};
export const hasCapital = ({ letters }: Token): boolean => letters === 'capital' || letters === 'capitals';
export const isInitial = (token: Token | undefined): boolean => token !== undefined && /^\p{Lu}$/u.test(token.text);

export function isShouting(tokens: readonly Token[]): boolean {
  const words = tokens.filter(({ letters, text }) => letters !== 'none' && text.length > 1);
  return words.length > 3 && words.filter(({ letters }) => letters === 'capitals').length > words.length * 0.6;
}

/** Written small throughout, in English: names are then the words that are no words. */
export function isWhispering(tokens: readonly Token[]): boolean {
  const words = tokens.filter(({ kind }) => kind === 'word');
  if (words.length < 4 || words.some((token) => hasCapital(token) && token.lower !== 'i')) return false;
  return words.filter(({ lower }) => isCommon(lower)).length >= words.length * 0.6;
}

export const isOddWord = ({ kind, lower, text }: Token): boolean =>
  kind === 'word' &&
  text.length > 3 &&
  !isCommon(lower) &&
  !isContraction(lower) &&
  !NO_NAMES.has(lower) &&
  !isHonorific(lower);
