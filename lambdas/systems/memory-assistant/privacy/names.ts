import type { Entity, EntityType } from './entity.ts';
import { findJobs } from './job-titles.ts';
import { isCommon, knownAs, LONGEST_NAME } from './lexicon.ts';
import {
  afterTitle,
  canLead,
  hasCapital,
  isInitial,
  isJoined,
  isNameWord,
  isOddWord,
  isShouting,
  isWhispering,
  nextIsName,
} from './name-tests.ts';
import { isCompanyWord, isHonorific, isParticle } from './name-words.ts';
import type { Token } from './tokens.ts';

/*
 * Names of people, places, peoples and companies. A capital speaks for a name unless the word is an ordinary one, or stands
 * where all words have capitals. So names that no list has are found as well; lists and the words around tell of what.
 */

const PLACE_BEFORE =
  /^(?:in|from|at|to|near|around|visit|visiting|via|towards?|outside|across|southern|northern|eastern|western|leave|leaving)$/u;

interface Run {
  readonly from: number;
  /** After the last. */
  readonly to: number;
}

/** @param taken what is something else for certain: no name is looked for there */
export function findNames(tokens: readonly Token[], taken: (token: Token) => boolean): Entity[] {
  const shouts = isShouting(tokens);
  const whispers = isWhispering(tokens);
  const found: Entity[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token || taken(token)) continue;
    const title = titleAt(tokens, at);
    if (title) {
      found.push(title);
      continue;
    }
    const known = knownNameAt(tokens, at);
    if (known) {
      found.push(known.entity);
      at = known.to - 1;
      continue;
    }
    const run = runAt(tokens, at, taken, shouts);
    if (!run && whispers && isOddWord(token))
      found.push({ type: 'PERSON', start: token.start, end: withoutGenitive(token), sure: 0.4 });
    if (!run) continue;
    found.push(entityOf(tokens, run, typeOf(tokens, run)));
    at = run.to - 1;
  }
  return [...found, ...findJobs(tokens, found)];
}

/** "Mr." before a name. */
function titleAt(tokens: readonly Token[], at: number): Entity | undefined {
  const [token, next, after] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  if (!token || !isHonorific(token.lower) || !hasCapital(token)) return undefined;
  const dotted = next?.text === '.' && next.start === token.end;
  const name = dotted ? after : next;
  if (!name || !hasCapital(name) || name.newLine) return undefined;
  return { type: 'TITLE', start: token.start, end: dotted && next ? next.end : token.end, sure: 0.9 };
}

/** Countries, peoples and towns of several words, and small ones of one: "saudis". */
function knownNameAt(tokens: readonly Token[], at: number): { entity: Entity; to: number } | undefined {
  for (let size = LONGEST_NAME; size > 0; size--) {
    const words = tokens.slice(at, at + size);
    const [first, last] = [words[0], words.at(-1)];
    if (!first || !last || words.length < size || words.some(({ kind }) => kind !== 'word')) continue;
    const phrase = words.map(({ lower }) => lower).join(' ');
    const kind = knownAs(phrase.replace(/['’]s$/u, ''));
    const isPlace = kind === 'country' || kind === 'place';
    if (kind === 'people' && (hasCapital(first) || !isCommon(phrase)))
      return { entity: { type: 'NRP', start: first.start, end: last.end, sure: 0.8 }, to: at + size };
    const small = kind === 'country' && !isCommon(phrase) && !hasCapital(first);
    if (!isPlace || (size === 1 && !small && (!hasCapital(first) || isCommon(phrase) || isPartOfName(tokens, at))))
      continue;
    if (size > 1 && !small && !words.some(hasCapital)) continue;
    return { entity: { type: 'GPE', start: first.start, end: withoutGenitive(last), sure: 0.8 }, to: at + size };
  }
  return undefined;
}

/** Towns are surnames as well: beside another name, a word is part of that. */
function isPartOfName(tokens: readonly Token[], at: number): boolean {
  const [before, after] = [tokens[at - 1], tokens[at + 1]];
  const isName = (one: Token | undefined): boolean =>
    one !== undefined &&
    one.kind === 'word' &&
    hasCapital(one) &&
    !isCommon(one.lower) &&
    !knownAs(one.lower)?.match(/country|place/u);
  return (isName(before) && tokens[at]?.newLine === false) || (isName(after) && after?.newLine === false);
}

function runAt(
  tokens: readonly Token[],
  from: number,
  taken: (token: Token) => boolean,
  shouts: boolean,
): Run | undefined {
  let to = from;
  let isName = false;
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token || taken(token) || (at > from && token.newLine)) break;
    if (at > from && token.text === '.' && isInitial(tokens[at - 1]) && tokens[at - 1]?.end === token.start) continue;
    if (at > from && (token.text === '-' || token.text === '&') && isJoined(tokens, at)) continue;
    if (token.kind !== 'word') break;
    const certain = isNameWord(tokens, at, shouts) || afterTitle(tokens, at);
    const possible =
      certain ||
      (at === from
        ? canLead(tokens, at, shouts)
        : hasCapital(token) || (isParticle(token.lower) && nextIsName(tokens, at)));
    if (!possible || (at > from && tokens[at - 1]?.text === '.' && !isInitial(tokens[at - 2]))) break;
    isName ||= certain || (at > from && hasCapital(token) && isCompanyWord(token.lower));
    if (!isParticle(token.lower) || hasCapital(token)) to = at + 1;
  }
  return isName && to > from ? trimmed(tokens, { from, to }) : undefined;
}

/** Ordinary words with capitals around a name are not part of it: "Producer James Sparks", but "Can Capital". */
function trimmed(tokens: readonly Token[], { from, to }: Run): Run {
  let start = from;
  const plain = (token: Token | undefined): boolean =>
    token !== undefined && isCommon(token.lower) && knownAs(token.lower) === undefined && !isInitial(token);
  const company = tokens.slice(from, to).some(({ lower }) => isCompanyWord(lower));
  while (!company && tokens[from]?.begins && start < to - 1 && plain(tokens[start])) start += 1;
  return { from: start, to };
}

function typeOf(tokens: readonly Token[], { from, to }: Run): EntityType {
  const words = tokens.slice(from, to).filter(({ kind }) => kind === 'word');
  const before = tokens[from - 1];
  if (words.some(({ lower }, place) => place > 0 && isCompanyWord(lower))) return 'ORGANIZATION';
  const kinds = words.map(({ lower }) => knownAs(lower.replace(/['’]s$/u, '')));
  if (kinds.includes('organization')) return 'ORGANIZATION';
  if (kinds.includes('first_name')) return 'PERSON';
  if (before && (isHonorific(before.lower) || isHonorific(tokens[from - 2]?.lower ?? ''))) return 'PERSON';
  if (before && PLACE_BEFORE.test(before.lower)) return 'GPE';
  return kinds.includes('place') || kinds.includes('country') ? 'GPE' : 'PERSON';
}

function entityOf(tokens: readonly Token[], { from, to }: Run, type: EntityType): Entity {
  const [first, last] = [tokens[from], tokens[to - 1]];
  return { type, start: first?.start ?? 0, end: last ? withoutGenitive(last) : 0, sure: 0.6 };
}
/** The s in "Ada's" is not part of the name. */
const withoutGenitive = ({ text, end }: Token): number => (/['’]s$/iu.test(text) ? end - 2 : end);
