import { DataError } from '../../contracts/errors.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';

/** Keywords that cost more than the schema's size times the input's, or run a stranger's regular expression. */
const COSTLY = new Set([
  '$ref',
  '$dynamicRef',
  '$recursiveRef',
  'pattern',
  'patternProperties',
  'format',
  'uniqueItems',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
/** Their members are schemas under names that are no keywords. */
const NAMED_SCHEMAS = new Set(['properties', 'dependentSchemas', '$defs', 'definitions']);
/** Their values are data. */
const DATA = new Set(['const', 'enum', 'default', 'examples', 'required', 'dependentRequired']);
/** Schema nodes times input nodes: well under a second. */
const BUDGET = 2_000_000;

/**
 * Keeps a stranger's schema from holding intake up: an ad-hoc definition brings schema and input together, so both can
 * be chosen to be slow. Without the costly keywords every schema node meets every input node at most once.
 * @throws DataError `schema_too_costly`
 */
export function checkSchemaCost(schema: JsonObject, input: JsonObject): void {
  const rest: Array<{ node: Json; path: string }> = [{ node: schema, path: 'definition.input' }];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const { node, path } = next;
    if (typeof node !== 'object' || node === null) continue;
    for (const [key, value] of Object.entries(node)) {
      const at = `${path}.${key}`;
      if (!Array.isArray(node) && COSTLY.has(key)) {
        throw tooCostly(at, `"${key}" is only taken in registered workflows; leave it out of an ad-hoc definition`);
      }
      if (DATA.has(key)) continue;
      if (!NAMED_SCHEMAS.has(key)) rest.push({ node: value, path: at });
      else if (typeof value === 'object' && value !== null) {
        for (const [name, inner] of Object.entries(value)) rest.push({ node: inner, path: `${at}.${name}` });
      }
    }
  }
  const steps = countNodes(schema) * countNodes(input);
  if (steps > BUDGET)
    throw tooCostly('definition.input', 'schema and input are too large to be checked against each other');
}

function countNodes(document: Json): number {
  let count = 0;
  const rest: Json[] = [document];
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    count++;
    if (typeof node === 'object' && node !== null) for (const value of Object.values(node)) rest.push(value);
  }
  return count;
}

function tooCostly(field: string, reason: string): DataError {
  return new DataError('schema_too_costly', reason, { field });
}
