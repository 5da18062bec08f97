import type { Json, JsonObject } from '../../../contracts/json.ts';
import { termsOf } from './terms.ts';

/** A value that stands in a text, and where. */
export interface Found {
  readonly value: Json;
  /** As the text has it. */
  readonly quote: string;
  readonly from: number;
  readonly how: 'after its name' | 'by its format' | 'one of the choices';
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const MONTH = `(?:${MONTHS.map((month) => `${month.slice(0, 3)}(?:${month.slice(3)})?`).join('|')})`;
const DATE = new RegExp(
  `\\b(?:(\\d{4})-(\\d{2})-(\\d{2})|(\\d{1,2})\\.? (${MONTH}),? (\\d{4})|(${MONTH}) (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4}))\\b`,
  'gi',
);
const BY_FORMAT: ReadonlyMap<Json | undefined, RegExp> = new Map([
  ['email', /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/g],
  ['uri', /https?:\/\/[^\s"'<>()]{3,500}/g],
  ['date', DATE],
  ['date-time', /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?/g],
]);
const NUMBER = /[-+]?\d[\d,]*(?:\.\d+)?/;

/**
 * The value of one property of a JSON Schema in a text: what stands after its name ("Invoice number: 12"), what has its
 * format (email, uri, date), or which of its choices stands there; undefined when none of these is found.
 */
export function findValue(text: string, name: string, property: JsonObject): Found | undefined {
  return byName(text, name, property) ?? byChoice(text, property) ?? byFormat(text, property);
}

/** Of spaces and marks only so many: where one part may end and the next begin is tried in every way. */
const NAMED = /^[\s*>#|-]{0,20}([\p{L}\p{N} _./()-]{1,60}?)\s{0,20}(?::|=|\bis\b|\|)\s*(\S.*)$/u;

/** A line, or a part of one, that begins with words like the property's name and goes on after a colon, an equals sign or "is". */
function byName(text: string, name: string, property: JsonObject): Found | undefined {
  const titles = [name, property.title].filter((title) => typeof title === 'string').map(wordsOfName);
  for (const line of text.matchAll(/[^\n;]+/g)) {
    const match = NAMED.exec(line[0]);
    const [, label = '', rest = ''] = match ?? [];
    const told = wordsOfName(label);
    if (told.length === 0 || !titles.some((title) => sameWords(title, told))) continue;
    const read = valueIn(rest.replaceAll(/[*_`|]+/g, ' ').trim(), property);
    if (read) return { ...read, from: (line.index ?? 0) + line[0].indexOf(rest), how: 'after its name' };
  }
  return undefined;
}

function byChoice(text: string, property: JsonObject): Found | undefined {
  if (!Array.isArray(property.enum)) return undefined;
  const lower = text.toLowerCase();
  const places = property.enum.flatMap((choice) => {
    const from = typeof choice === 'string' ? placeOf(lower, choice.toLowerCase()) : -1;
    return from < 0 ? [] : [{ choice, from }];
  });
  // Two of them in one text: nobody knows which is meant.
  const [only, second] = places;
  if (!only || second) return undefined;
  return { value: only.choice, quote: String(only.choice), from: only.from, how: 'one of the choices' };
}

function placeOf(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + word.length] ?? ' '}`;
    if (!/[\p{L}\p{N}]/u.test(around)) return at;
  }
  return -1;
}

function byFormat(text: string, property: JsonObject): Found | undefined {
  const pattern = BY_FORMAT.get(property.format);
  if (!pattern) return undefined;
  const found = [...text.matchAll(new RegExp(pattern))];
  const [first] = found;
  // Several different ones: a guess would be no better than none.
  if (!first || new Set(found.map(([quote]) => quote)).size > 1) return undefined;
  const value = property.format === 'date' ? isoDate(first[0]) : first[0];
  return value === undefined ? undefined : { value, quote: first[0], from: first.index, how: 'by its format' };
}

function valueIn(rest: string, property: JsonObject): Pick<Found, 'value' | 'quote'> | undefined {
  const { type, format, enum: choices } = property;
  if (Array.isArray(choices)) {
    const choice = choices.find(
      (one) => typeof one === 'string' && placeOf(rest.toLowerCase(), one.toLowerCase()) >= 0,
    );
    return choice === undefined ? undefined : { value: choice, quote: rest };
  }
  if (type === 'number' || type === 'integer') {
    const quote = NUMBER.exec(rest)?.[0];
    const value = Number(quote?.replaceAll(',', '') ?? Number.NaN);
    if (quote === undefined || !Number.isFinite(value) || (type === 'integer' && !Number.isInteger(value)))
      return undefined;
    return { value, quote };
  }
  if (type === 'boolean') {
    const word = /^(yes|no|true|false)\b/i.exec(rest)?.[1];
    return word === undefined ? undefined : { value: /^(yes|true)$/i.test(word), quote: word };
  }
  if (type === 'array') return { value: rest.split(/\s*,\s*/).filter((item) => item !== ''), quote: rest };
  if (type === 'object') return undefined;
  const pattern = BY_FORMAT.get(format);
  const quote = pattern ? new RegExp(pattern.source, 'i').exec(rest)?.[0] : rest.replace(/[.,;]$/, '');
  const value = format === 'date' && quote !== undefined ? isoDate(quote) : quote;
  return value === undefined || value === '' || quote === undefined ? undefined : { value, quote };
}

/**
 * "3 May 2026" and "May 3, 2026" → 2026-05-03; undefined for a day that there is not.
 * @param isWhole only if there is nothing else: "before 3 May 2026" is no day
 */
export function isoDate(text: string, isWhole = false): string | undefined {
  const [match] = text.matchAll(new RegExp(DATE));
  if (!match || (isWhole && match[0] !== text)) return undefined;
  const [, year, month, day, dayFirst, monthName, yearAfter, monthFirst, dayAfter, yearLast] = match;
  const number = (name: string): string =>
    String(MONTHS.findIndex((one) => one.startsWith(name.slice(0, 3).toLowerCase())) + 1).padStart(2, '0');
  const named = monthName ?? monthFirst;
  const iso =
    year !== undefined
      ? `${year}-${month}-${day}`
      : `${yearAfter ?? yearLast}-${number(named ?? '')}-${(dayFirst ?? dayAfter ?? '').padStart(2, '0')}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== iso ? undefined : iso;
}

const wordsOfName = (name: string): string[] =>
  termsOf(name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll(/[_./()-]+/g, ' '));
const sameWords = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((word) => other.includes(word));
