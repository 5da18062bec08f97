import { gunzipSync } from 'node:zlib';
import { fileTypeFromBuffer } from 'file-type';
import { DataError } from '../../../contracts/errors.ts';
import type { Json, JsonObject } from '../../../contracts/json.ts';
import { cleanText, decodeText } from './decode-text.ts';
import { delimiterOf, recordsOf } from './delimited.ts';
import { htmlText } from './html-text.ts';
import { refuseEncrypted } from './refuse-encrypted.ts';
import { INPUT_LIMITS, type StandardForm } from './standard-form.ts';
import { mustFit, readableOf, shownTable, tableOf } from './structured.ts';

/** What is found out about it; the rest is the same for all kinds. */
export type Found = Pick<StandardForm, 'kind' | 'media_type' | 'found_by' | 'text'> &
  Partial<Pick<StandardForm, 'table' | 'data' | 'title' | 'warnings'>>;

/**
 * What bytes are: by their magic bytes, else by what the text in them looks like.
 * @throws DataError `input_empty`, `input_encrypted`, `input_bomb`, `input_malformed`, `input_schema_mismatch`
 */
export async function look(bytes: Uint8Array, schema: JsonObject | undefined): Promise<Found> {
  refuseEncrypted(bytes);
  // The mark of UTF-16 looks like the beginning of an MPEG frame, too.
  const marked = isUtf16(bytes) && decodeText(bytes) !== undefined;
  const magic = marked ? undefined : await fileTypeFromBuffer(bytes);
  if (magic?.mime === 'application/gzip') return unpacked(bytes, schema);
  // XML and its like begin with text, which is looked at as such.
  if (magic && !/^text\/|[/+]xml$/.test(magic.mime)) return binary(magic.mime, 'magic bytes');
  const decoded = decodeText(bytes);
  if (!decoded) return binary('application/octet-stream', 'content');
  const text = cleanText(decoded.text);
  if (text.trim() === '') throw new DataError('input_empty', 'there is nothing in it but spaces');
  const found = textual(text, schema);
  const guessed = decoded.encoding === 'windows-1252' ? ['it is not UTF-8: read as Windows-1252'] : [];
  return { ...found, warnings: [...guessed, ...(found.warnings ?? [])] };
}

const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

function unpacked(bytes: Uint8Array, schema: JsonObject | undefined): Promise<Found> {
  let inside: Buffer;
  try {
    inside = gunzipSync(bytes, { maxOutputLength: INPUT_LIMITS.unpacked });
  } catch (error) {
    if (isTooLarge(error))
      throw new DataError('input_bomb', `unpacked it has more than ${INPUT_LIMITS.unpacked} bytes`);
    throw new DataError('input_malformed', `the gzip file is broken: ${error instanceof Error ? error.message : ''}`);
  }
  // One layer: what is packed twice is not meant to be read.
  if (inside[0] === 0x1f && inside[1] === 0x8b) throw new DataError('input_bomb', 'a packed file within a packed file');
  return look(inside, schema);
}

const isTooLarge = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';

function binary(mime: string, found_by: Found['found_by']): Found {
  const tables = ['application/vnd.apache.parquet', 'application/x-parquet'];
  if (tables.includes(mime))
    return { kind: 'table', media_type: mime, found_by, text: '', warnings: ['its rows are read when it is analysed'] };
  const why = mime === 'application/octet-stream' ? 'nobody knows what it is' : 'nothing here reads it';
  return {
    kind: 'binary',
    media_type: mime,
    found_by,
    text: '',
    warnings: [`${mime}: ${why}; only its figures are known`],
  };
}

function textual(text: string, schema: JsonObject | undefined): Found {
  if (/^\s*[[{]/.test(text)) {
    const value = jsonOf(text);
    if (value !== undefined) return structured(value, schema, 'content');
    if (schema) throw new DataError('input_malformed', 'it begins like JSON, and is none');
  }
  if (/^\s*(<!doctype html|<html[\s>])/i.test(text.slice(0, 1_000))) {
    const { text: read, title } = htmlText(text);
    return { kind: 'text', media_type: 'text/html', found_by: 'content', text: read, ...titled(title) };
  }
  const delimiter = delimiterOf(text);
  if (delimiter !== undefined) return delimited(text, delimiter);
  const heading = /^#{1,6} +(.+)$/m.exec(text)?.[1];
  const media_type = heading === undefined ? 'text/plain' : 'text/markdown';
  return { kind: 'text', media_type, found_by: 'content', text, ...titled(heading) };
}

const titled = (title: string | undefined) => (title ? { title: title.slice(0, 200) } : {});

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    try {
      return lines.length > 1 ? lines.map((line): Json => JSON.parse(line)) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Any JSON, checked against its schema. @throws DataError `input_malformed`, `input_schema_mismatch` */
export function structured(value: Json, schema: JsonObject | undefined, found_by: Found['found_by']): Found {
  const text = readableOf(value);
  mustFit(value, schema);
  const base = { media_type: 'application/json', found_by, text, data: value };
  const found = tableOf(value);
  return found ? { ...base, kind: 'table', ...found } : { ...base, kind: 'record' };
}

/** Row by row: as objects, all rows of a large file take many times the memory of its text. */
function delimited(text: string, delimiter: string): Found {
  let head: readonly string[] | undefined;
  let [rows, odd] = [0, 0];
  const sample: Array<Array<string | undefined>> = [];
  for (const record of recordsOf(text, delimiter)) {
    if (record.length === 1 && record[0]?.trim() === '') continue;
    if (!head) head = record.map((name) => name.trim());
    else {
      rows += 1;
      if (record.length !== head.length) odd += 1;
      if (sample.length < INPUT_LIMITS.sampleRows) sample.push(record.map((field) => field || undefined));
    }
  }
  const { table, warnings } = shownTable(head ?? [], rows, sample);
  const uneven = `${odd} of ${rows} rows have more or fewer fields than the header`;
  return {
    ...{ kind: 'table', found_by: 'content', text, table },
    media_type: delimiter === '\t' ? 'text/tab-separated-values' : 'text/csv',
    warnings: [...(odd > 0 ? [uneven] : []), ...warnings],
  };
}
