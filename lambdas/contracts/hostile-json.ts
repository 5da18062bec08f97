import { DataError } from './errors.ts';
import type { Json } from './json.ts';

/** What a document from outside may be at most. */
export interface JsonBounds {
  /** Of its UTF-8. Default: 256 KiB. */
  readonly bytes?: number;
  /** Objects and lists inside of each other. Default: 32. */
  readonly depth?: number;
  /** Values in it, those in objects and lists counted each. Default: 50,000. */
  readonly values?: number;
}

export const EDGE_BOUNDS = { bytes: 256 * 1024, depth: 32, values: 50_000 } as const satisfies JsonBounds;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
const encoder = new TextEncoder();

/**
 * Reads a document that may have been made to do harm, as I-JSON (RFC 7493): broken UTF-8 and lone surrogates, NUL,
 * numbers that JavaScript can't hold, the same name twice, `__proto__` and `constructor.prototype` are refused, however they
 * are spelled; so is what is too large, too deep or too many. Never recurses.
 * @throws DataError with a code for each, and in `details.field` where it is
 */
export function parseHostileJson(document: string | Uint8Array, bounds: JsonBounds = {}): Json {
  const { bytes, depth, values } = { ...EDGE_BOUNDS, ...bounds };
  const size = typeof document === 'string' ? sizeOf(document, bytes) : document.byteLength;
  if (size > bytes) throw refuse('body_too_large', `is larger than ${bytes} bytes`, []);
  const text = typeof document === 'string' ? document : decoded(document);
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('malformed_json', 'is not JSON', []);
  }
  checkJsonText(text, { depth, values });
  return value;
}

/** Counting stops where it makes no difference any more. */
function sizeOf(text: string, most: number): number {
  return text.length > most || text.length * 3 <= most ? text.length : encoder.encode(text).byteLength;
}

function decoded(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw refuse('not_utf8', 'is not UTF-8', []);
  }
}

/** An object or list that is open. */
interface Open {
  /** Of an object: names so far. */
  readonly names: Set<string> | undefined;
  /** The name or place of what comes next in it. */
  at: string | number;
  /** Of an object: a name comes next. */
  wantsName: boolean;
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * The same for a text that `JSON.parse` has taken already.
 * @throws DataError as {@link parseHostileJson} does
 */
export function checkJsonText(text: string, bounds: Omit<JsonBounds, 'bytes'> = {}): void {
  const { depth: deepest, values: most } = { ...EDGE_BOUNDS, ...bounds };
  const open: Open[] = [];
  let values = 0;
  const path = (): (string | number)[] => open.map(({ at }) => at);
  const count = (): void => {
    values += 1;
    if (values > most) throw refuse('too_many_values', `has more than ${most} values`, path());
  };
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    const inner = open.at(-1);
    switch (character) {
      case '{':
      case '[':
        count();
        if (open.length === deepest) throw refuse('too_deep', `is nested deeper than ${deepest} levels`, path());
        open.push(
          character === '{'
            ? { names: new Set(), at: '', wantsName: true }
            : { names: undefined, at: 0, wantsName: false },
        );
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        if (inner?.names) inner.wantsName = true;
        else if (typeof inner?.at === 'number') inner.at += 1;
        break;
      case '"': {
        const end = endOfText(text, index);
        const raw = text.slice(index, end);
        index = end - 1;
        const said = raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1);
        if (inner?.names && inner.wantsName) {
          inner.wantsName = false;
          checkName(said, inner.names, path, open.at(-2)?.at);
          inner.at = said;
        } else count();
        checkText(said, path);
        break;
      }
      case '-':
      case '0':
      case '1':
      case '2':
      case '3':
      case '4':
      case '5':
      case '6':
      case '7':
      case '8':
      case '9': {
        NUMBER.lastIndex = index;
        const literal = NUMBER.exec(text)?.[0] ?? character;
        index += literal.length - 1;
        count();
        checkNumber(literal, path);
        break;
      }
      case 't':
      case 'n':
        count();
        index += 3;
        break;
      case 'f':
        count();
        index += 4;
        break;
    }
  }
}

/** @returns the index behind the closing quote */
function endOfText(text: string, start: number): number {
  let index = start + 1;
  while (text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
  return index + 1;
}

type Path = () => readonly (string | number)[];

function checkName(name: string, names: Set<string>, path: Path, above: string | number | undefined): void {
  if (name === '__proto__' || (name === 'prototype' && above === 'constructor'))
    throw refuse('forbidden_name', `has a field that is called "${name}"`, path().slice(0, -1));
  if (names.has(name)) throw refuse('duplicate_name', 'has a field twice', [...path().slice(0, -1), name]);
  names.add(name);
}

function checkText(said: string, path: Path): void {
  if (said.includes('\u0000')) throw refuse('nul_character', 'holds the character NUL', path());
  if (!said.isWellFormed()) throw refuse('broken_text', 'holds half of a character', path());
}

/** Whole numbers are exact up to 2^53; all others are taken for what they are: about so much. */
function checkNumber(literal: string, path: Path): void {
  const value = Number(literal);
  const whole = /^-?\d+$/.test(literal);
  if (!Number.isFinite(value) || (whole && !Number.isSafeInteger(value)))
    throw refuse('number_too_large', 'is a number that would lose digits; send it as a text', path());
  if (literal.length > 400) throw refuse('number_too_large', 'is a number of more than 400 characters', path());
}

function refuse(code: string, what: string, path: readonly (string | number)[]): DataError {
  const field = path.join('.').slice(0, 200);
  const subject = field === '' ? 'the document' : `"${printableField(field)}"`;
  return new DataError(code, `${subject} ${what}`, { field: printableField(field) });
}

/** Names come from outside: what is shown of them is plain. */
const printableField = (field: string): string => field.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll('"', "'");
