import validator from 'validator';
import type { Json } from '../../../contracts/json.ts';
import { detect } from './detect.ts';
import { type Entity, EntityType } from './entity.ts';
import { type Audience, MASKED } from './policy.ts';

/** What was found in a document, and what of it was masked. */
export interface Masked {
  readonly document: Json;
  readonly found: Readonly<Partial<Record<EntityType, number>>>;
  readonly masked: number;
}

/** What was masked before: it stays as it is, and its number is not given again. */
const MASK = new RegExp(`\\[(${EntityType.options.join('|')})_(\\d+)\\]`, 'gu');

function numbersIn(document: Json): Map<EntityType, number> {
  const numbers = new Map<EntityType, number>();
  for (const [, name, number] of JSON.stringify(document).matchAll(MASK)) {
    const type = EntityType.safeParse(name).data;
    if (type) numbers.set(type, Math.max(numbers.get(type) ?? 0, Number(number)));
  }
  return numbers;
}

/** So many names of a document are looked for in the rest of it. */
const MOST_NAMES = 500;

/** Names that stand somewhere in a document, longest first: elsewhere in it they may be written small. */
function namesIn(document: Json): ReadonlyMap<string, EntityType> {
  const names = new Map<string, EntityType>();
  const read = (value: Json): void => {
    if (typeof value === 'string' && !ID.test(value)) {
      for (const { type, start, end } of detect(value)) {
        const name = value.slice(start, end).toLowerCase();
        if (type === 'PERSON' && names.size < MOST_NAMES && (name.length > 4 || name.includes(' ')))
          names.set(name, type);
      }
    } else if (Array.isArray(value)) value.forEach(read);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(read);
  };
  read(document);
  return new Map([...names].sort(([a], [b]) => b.length - a.length));
}

function withRepeated(text: string, found: readonly Entity[], names: ReadonlyMap<string, EntityType>): Entity[] {
  const lower = text.toLowerCase();
  // Where letters change their number with their case, positions would not be those of the text.
  if (lower.length !== text.length) return [...found];
  const more: Entity[] = [];
  for (const [name, type] of names)
    for (let at = lower.indexOf(name); at !== -1; at = lower.indexOf(name, at + name.length)) {
      const end = at + name.length;
      const isWord = !/[\p{L}\p{N}]/u.test((text[at - 1] ?? ' ') + (text[end] ?? ' '));
      if (isWord && ![...found, ...more].some((one) => at < one.end && one.start < end))
        more.push({ type, start: at, end, sure: 0.6 });
    }
  return [...found, ...more].sort((a, b) => a.start - b.start);
}

/** Ids and hashes are nobody's data, and look like numbers that are. */
const ID = /^mem_[0-9a-f]{32}$|^run_[0-9a-f]{40}$|^[0-9a-f]{64}$/u;

/**
 * Replaces personal data in all texts of a document, names of fields included. The same value has the same mask everywhere in
 * it, so that a reader can tell who is who and not who it is: `[PERSON_1]`.
 */
export function maskDocument(document: Json, audience: Audience): Masked {
  const masks = new Map<string, string>();
  const numbers = numbersIn(document);
  const found: Partial<Record<EntityType, number>> = {};
  let masked = 0;

  function maskOf(type: EntityType, value: string): string {
    const key = `${type} ${value.normalize('NFKC').toLowerCase().replaceAll(/\s+/gu, ' ')}`;
    const known = masks.get(key);
    if (known !== undefined) return known;
    const number = (numbers.get(type) ?? 0) + 1;
    numbers.set(type, number);
    const mask = `[${type}_${number}]`;
    masks.set(key, mask);
    return mask;
  }

  const repeated = namesIn(document);

  function maskText(text: string): string {
    if (ID.test(text)) return text;
    let [out, last] = ['', 0];
    const before = [...text.matchAll(MASK)].map(({ index, 0: mask }) => ({ start: index, end: index + mask.length }));
    const entities = withRepeated(text, detect(text), repeated);
    for (const { type, start, end } of entities) {
      if (before.some((mask) => start < mask.end && mask.start < end)) continue;
      found[type] = (found[type] ?? 0) + 1;
      if (!MASKED[audience].has(type)) continue;
      masked += 1;
      out += text.slice(last, start) + maskOf(type, text.slice(start, end));
      last = end;
    }
    return out + text.slice(last);
  }

  function maskValue(value: Json): Json {
    if (typeof value === 'string') return maskText(value);
    // Numbers are counts and times, but for what only a card can be.
    if (typeof value === 'number') return validator.isCreditCard(String(value)) ? maskText(String(value)) : value;
    if (Array.isArray(value)) return value.map(maskValue);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [maskName(name), maskValue(inner)]));
  }
  /** Names of fields that code has written are small and without blanks, or kinds of personal data; others are data. */
  const maskName = (name: string): string =>
    /^[a-z][a-z0-9_]*$/u.test(name) || EntityType.safeParse(name).success ? name : maskText(name);

  return { document: maskValue(document), found, masked };
}
