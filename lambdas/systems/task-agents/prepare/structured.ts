import { type Schema, type ValidationResult, Validator } from '@cfworker/json-schema';
import { DataError } from '../../../contracts/errors.ts';
import type { Json, JsonObject } from '../../../contracts/json.ts';
import { INPUT_LIMITS, type StandardForm } from './standard-form.ts';

/** Faults that are named; the rest is counted. */
const MOST_FAULTS = 5;

/** Keywords whose regular expressions come from strangers, and may take for ever. */
const PATTERNS = ['pattern', 'patternProperties'];
const DEEPEST = 32;
const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef'];
/** Each may double what those behind it cost. */
const MOST_REFERENCES = 20;

/** @throws DataError `schema_refused` */
export function checkSchema(schema: Json): void {
  let references = 0;
  const check = (part: Json, depth: number): void => {
    if (typeof part !== 'object' || part === null) return;
    if (depth > DEEPEST) throw new DataError('schema_refused', `the schema is nested deeper than ${DEEPEST}`);
    for (const [keyword, inside] of Object.entries(part)) {
      if (PATTERNS.includes(keyword))
        throw new DataError('schema_refused', `the schema uses "${keyword}", which is not taken from outside`);
      if (REFERENCES.includes(keyword)) references += 1;
      // What properties are called is no keyword.
      const named =
        keyword === 'properties' && typeof inside === 'object' && inside !== null ? Object.values(inside) : [inside];
      for (const one of named) check(one, depth + 1);
    }
  };
  check(schema, 0);
  if (references > MOST_REFERENCES)
    throw new DataError('schema_refused', `the schema has ${references} references, at most ${MOST_REFERENCES}`);
}

/** Where and why data does not fit a JSON Schema; empty when it does. @throws DataError `schema_refused` */
export function faultsOf(data: Json, schema: JsonObject): string[] {
  checkSchema(schema);
  const { valid, errors } = validated(data, schema);
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

function validated(data: Json, schema: JsonObject): ValidationResult {
  try {
    return new Validator(schema as Schema, '2020-12', false).validate(data);
  } catch (error) {
    const why = error instanceof RangeError ? 'it refers to itself without an end' : String(error).slice(0, 300);
    throw new DataError('schema_refused', `the schema can't be used: ${why}`);
  }
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

/** A table as it is shown, and what of it is not. */
export interface ShownTable {
  readonly table: NonNullable<StandardForm['table']>;
  readonly warnings: string[];
}

/** Names and cells are cut short, and of very many columns the first are shown. */
export function shownTable(
  names: readonly string[],
  rows: number,
  sample: ReadonlyArray<ReadonlyArray<string | undefined>>,
): ShownTable {
  const { columns: most, cell } = INPUT_LIMITS;
  const columns = names.slice(0, most).map((name) => name.slice(0, cell));
  const shown = sample.map((row) => columns.map((_, at) => row[at]?.slice(0, cell) ?? null));
  const warnings = names.length > most ? [`only the first ${most} of ${names.length} columns are shown`] : [];
  return { table: { columns, rows, sample: shown }, warnings };
}

/** A list of flat objects as a table; undefined when it is anything else. */
export function tableOf(data: Json): ShownTable | undefined {
  if (!Array.isArray(data) || data.length === 0) return undefined;
  const rows = data.flatMap((row) => (isObject(row) && Object.values(row).every(isPlain) ? [row] : []));
  if (rows.length !== data.length) return undefined;
  const columns = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) columns.add(name);
  const names = [...columns];
  const cell = (row: JsonObject, name: string): string | undefined => {
    const value = Object.hasOwn(row, name) ? row[name] : null;
    return value === undefined || value === null ? undefined : String(value);
  };
  const sample = rows
    .slice(0, INPUT_LIMITS.sampleRows)
    .map((row) => names.slice(0, INPUT_LIMITS.columns).map((name) => cell(row, name)));
  return shownTable(names, rows.length, sample);
}

/**
 * The words in it, field by field: what a text agent can read of a record. It ends where more than is kept would come: deep
 * in a record each value brings all names above it along.
 * @throws DataError `input_malformed` when it is nested too deep
 */
export function readableOf(data: Json): string {
  if (isDeeper(data, DEEPEST_DATA))
    throw new DataError('input_malformed', `the data is nested deeper than ${DEEPEST_DATA} levels`);
  const lines: string[] = [];
  let room: number = INPUT_LIMITS.characters;
  const read = (value: Json, path: string): void => {
    if (room < 0) return;
    if (typeof value !== 'object' || value === null) {
      const line = path === '' ? String(value) : `${path}: ${String(value)}`;
      lines.push(line);
      room -= line.length + 1;
    } else if (Array.isArray(value)) for (const [at, item] of value.entries()) read(item, `${path}[${at}]`);
    else for (const [key, item] of Object.entries(value)) read(item, path === '' ? key : `${path}.${key}`);
  };
  read(data, '');
  return lines.join('\n');
}

const DEEPEST_DATA = 64;
const isDeeper = (value: Json, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inside) => isDeeper(inside, levels - 1)));
