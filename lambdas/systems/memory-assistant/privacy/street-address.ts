import type { Entity } from './entity.ts';
import { isCommon } from './lexicon.ts';
import { isParticle } from './name-words.ts';
import { isMilitaryPost, isStreetWord, isUnitWord } from './street-words.ts';
import type { Token } from './tokens.ts';

const LONGEST = 30;

/** What speaks for an address in a row of tokens. */
interface Evidence {
  numbers: number;
  streets: number;
  units: number;
  names: number;
  military: number;
}

/**
 * Addresses: a number beside the name of a street, in either order, with flat, town, code and country where they follow. The
 * row goes on over commas and lines as long as what comes is written as names and numbers are.
 */
export function findAddresses(text: string, tokens: readonly Token[]): Entity[] {
  const found: Entity[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const end = endOfAddress(text, tokens, at);
    const [first, last] = [tokens[at], tokens[end - 1]];
    if (end === at || !first || !last) continue;
    found.push({ type: 'STREET_ADDRESS', start: first.start, end: last.end, sure: 0.7 });
    at = end - 1;
  }
  return [...found, ...corners(text)];
}

/** The corner of two streets has no number. */
function corners(text: string): Entity[] {
  const corner =
    /\bthe corner of [\p{Lu}\p{N}][^\n?!;]{0,60}? (?:and|&) (?:\p{Lu}[\p{L}'’]*\.?)(?: [\p{Lu}\p{N}][\p{L}\p{N}'’]*)*/gu;
  return [...text.matchAll(corner)].map(({ index, 0: value }) => ({
    ...{ type: 'STREET_ADDRESS' as const, start: index, end: index + value.length, sure: 0.8 },
  }));
}

function endOfAddress(text: string, tokens: readonly Token[], from: number): number {
  const first = tokens[from];
  if (!first || !canBegin(tokens, from)) return from;
  const evidence: Evidence = { numbers: 0, streets: 0, units: 0, names: 0, military: 0 };
  let end = from;
  let enough = from;
  for (let at = from; at < Math.min(tokens.length, from + LONGEST); at++) {
    const token = tokens[at];
    if (!token || !goesOn(text, tokens, at, from, evidence)) break;
    count(token, evidence);
    if (token.kind !== 'mark' && !isParticle(token.lower)) {
      end = at + 1;
      if (isAddress(evidence)) enough = end;
    }
  }
  return enough;
}

function canBegin(tokens: readonly Token[], at: number): boolean {
  const [token, next, after] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  if (!token || !next) return false;
  if (isMilitaryPost(token.lower) || isUnitWord(token.lower)) return next.kind === 'number' || next.text === '.';
  if (token.kind === 'number') {
    if (!/^\d{1,5}[a-z]?$/u.test(token.lower)) return false;
    if (next.newLine || isContactWord(next.lower)) return false;
    if (next.kind === 'number')
      return after?.kind === 'word' && !after.newLine && !isContactWord(after.lower) && /^\d{1,4}$/u.test(next.text);
    return next.kind === 'word' && (isNamed(next) || isStreetWord(next.lower) || !isCommon(next.lower));
  }
  return token.kind === 'word' && isNamed(token) && streetFollows(tokens, at);
}

/** A street's name, and its number: "Puruntie 82", "Rua do Arenque 1634", "Erzsébet tér 19". */
function streetFollows(tokens: readonly Token[], from: number): boolean {
  let isStreet = false;
  for (let at = from; at < from + 5; at++) {
    const token = tokens[at];
    if (!token) return false;
    if (token.kind === 'number') return isStreet && /^\d{1,4}[a-z]?$/u.test(token.lower);
    if (token.text === '.') continue;
    if (token.kind !== 'word' || !(isNamed(token) || isParticle(token.lower) || isStreetWord(token.lower)))
      return false;
    if (at > from && token.newLine) return false;
    isStreet ||= isStreetWord(token.lower);
  }
  return false;
}

function goesOn(text: string, tokens: readonly Token[], at: number, from: number, evidence: Evidence): boolean {
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (!token) return false;
  if (at > from && token.newLine && /\n\s*\n/u.test(text.slice(tokens[at - 1]?.end ?? 0, token.start))) return false;
  if (isContactWord(token.lower)) return false;
  if (token.kind === 'number')
    return (
      /^\d{1,6}[a-h]?$/u.test(token.lower) &&
      !isPhoneLike(tokens, at) &&
      !(token.newLine && CHAIN.test(text.slice(token.start, token.start + 24)))
    );
  if (token.kind === 'mark') {
    if (/^[,#/-]$/u.test(token.text)) return at > from;
    // A point within an abbreviation goes on; one that ends a sentence does not.
    return (
      token.text === '.' && next !== undefined && (next.kind === 'number' || next.newLine || isShort(tokens[at - 1]))
    );
  }
  if (isUnitWord(token.lower) || isMilitaryPost(token.lower) || isStreetWord(token.lower)) return true;
  if (isParticle(token.lower)) return next?.kind === 'word' && isNamed(next);
  if (isNamed(token)) return !(token.begins && !token.newLine && isCommon(token.lower) && evidence.numbers > 0);
  return !isCommon(token.lower);
}

/** Numbers with signs between them, as only phone numbers have. */
const CHAIN = /^\d+[-.]\d+[-.]\d/u;
const isContactWord = (lower: string): boolean =>
  /^(?:fax|tel|telephone|phone|mobile|cell|desk|office|home|work|email)$/u.test(lower);

/** Three numbers in a row, or a line that begins with seven digits and more. */
function isPhoneLike(tokens: readonly Token[], at: number): boolean {
  const first = tokens[at];
  const row: Token[] = first ? [first] : [];
  for (let next = at + 1; next < at + 3; next++) {
    const token = tokens[next];
    if (token?.kind !== 'number' || token.newLine) break;
    row.push(token);
  }
  const digits = row.reduce((sum, { text }) => sum + text.length, 0);
  return row.length === 3 || (first?.newLine === true && row.length > 1 && digits >= 7);
}

const isShort = (token: Token | undefined): boolean =>
  token !== undefined &&
  token.kind === 'word' &&
  (token.text.length <= 3 || isUnitWord(token.lower) || isStreetWord(token.lower));

function count(token: Token, evidence: Evidence): void {
  if (token.kind === 'number') evidence.numbers += 1;
  else if (isUnitWord(token.lower)) evidence.units += 1;
  else if (isMilitaryPost(token.lower)) evidence.military += 1;
  else if (isStreetWord(token.lower)) evidence.streets += 1;
  if (token.kind === 'word' && isNamed(token)) evidence.names += 1;
}

const isAddress = ({ numbers, streets, units, names, military }: Evidence): boolean =>
  numbers > 0 &&
  (units + military > 0 || (streets > 0 && names > 0) || (numbers > 1 && names > 0) || (names > 2 && numbers > 1));

const isNamed = ({ letters, kind }: Token): boolean =>
  kind === 'word' && (letters === 'capital' || letters === 'capitals');
