import { type Schema, Validator } from '@cfworker/json-schema';
import { DataError } from '../../../contracts/errors.ts';
import type { Json, JsonObject } from '../../../contracts/json.ts';
import { INPUT_LIMITS, type StandardForm } from './standard-form.ts';

/** Faults that are named; the rest is counted. */
const MOST_FAULTS = 5;

/** Keywords whose regular expressions come from strangers, and may take for ever. */
const PATTERNS = ['pattern', 'patternProperties'];
const DEEPEST = 32;

/** @throws DataError `schema_refused` */
export function checkSchema(schema: Json, depth = 0): void {
  if (typeof schema !== 'object' || schema === null) return;
  if (depth > DEEPEST) throw new DataError('schema_refused', `the schema is nested deeper than ${DEEPEST}`);
  if (Array.isArray(schema)) {
    for (const inside of schema) checkSchema(inside, depth + 1);
    return;
  }
  for (const [keyword, inside] of Object.entries(schema)) {
    if (PATTERNS.includes(keyword))
      throw new DataError('schema_refused', `the schema uses "${keyword}", which is not taken from outside`);
    // What properties are called is no keyword.
    const named =
      keyword === 'properties' && typeof inside === 'object' && inside !== null ? Object.values(inside) : [inside];
    for (const one of named) checkSchema(one, depth + 1);
  }
}

/** Where and why data does not fit a JSON Schema; empty when it does. @throws DataError `schema_refused` */
export function faultsOf(data: Json, schema: JsonObject): string[] {
  checkSchema(schema);
  const { valid, errors } = new Validator(schema as Schema, '2020-12', false).validate(data);
  if (valid) return [];
  const leaves = errors.filter(({ keyword }) => !['properties', 'items', 'allOf', 'anyOf', '$ref'].includes(keyword));
  const named = (leaves.length > 0 ? leaves : errors).map(
    ({ instanceLocation, error }) =>
      `${instanceLocation.replace(/^#\/?/, '').replaceAll('/', '.') || '(root)'}: ${error}`,
  );
  const distinct = [...new Set(named)];
  const more = distinct.length - MOST_FAULTS;
  return [...distinct.slice(0, MOST_FAULTS), ...(more > 0 ? [`and ${more} more`] : [])];
}

/** @throws DataError `input_schema_mismatch` naming the places */
export function mustFit(data: Json, schema: JsonObject | undefined): void {
  if (schema === undefined) return;
  const faults = faultsOf(data, schema);
  if (faults.length > 0)
    throw new DataError('input_schema_mismatch', `the data does not fit the schema: ${faults.join('; ')}`, { faults });
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlain = (value: Json): boolean => typeof value !== 'object' || value === null;

/** A list of flat objects as a table; undefined when it is anything else. */
export function tableOf(data: Json): StandardForm['table'] {
  if (!Array.isArray(data) || data.length === 0) return undefined;
  const rows = data.flatMap((row) => (isObject(row) && Object.values(row).every(isPlain) ? [row] : []));
  if (rows.length !== data.length) return undefined;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: Json | undefined): string | null =>
    value === undefined || value === null ? null : String(value).slice(0, INPUT_LIMITS.cell);
  const sample = rows
    .slice(0, INPUT_LIMITS.sampleRows)
    .map((row) => columns.map((name) => cell(Object.hasOwn(row, name) ? row[name] : null)));
  return { columns, rows: rows.length, sample };
}

/** The words in it, field by field: what a text agent can read of a record. */
export function readableOf(data: Json, path = ''): string {
  if (isPlain(data)) return path === '' ? String(data) : `${path}: ${String(data)}`;
  const inside = Array.isArray(data)
    ? data.map((item, at) => readableOf(item, `${path}[${at}]`))
    : Object.entries(data ?? {}).map(([key, item]) => readableOf(item, path === '' ? key : `${path}.${key}`));
  return inside.join('\n');
}
