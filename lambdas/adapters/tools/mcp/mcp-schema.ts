import { Validator } from '@cfworker/json-schema';
import type { Json, JsonObject } from '../../../contracts/json.ts';

/** What is wrong with a value, by the schema of a stranger; undefined: nothing. */
export type Check = (value: Json) => string | undefined;

/**
 * A schema that a stranger has written. It is interpreted, never compiled to code; its regular expressions are left to the
 * server, since some of them would never end.
 * @throws Error when it can't be used
 */
export function checkOf(schema: JsonObject): Check {
  checkReferences(schema, schema);
  const validator = new Validator(withoutPatterns(structuredClone(schema)), '2020-12', true);
  validator.validate(null);
  return (value) => {
    const { valid, errors } = validator.validate(value);
    if (valid) return undefined;
    const { instanceLocation, error } = errors.at(-1) ?? { instanceLocation: '#', error: 'does not fit' };
    return `${instanceLocation.replace(/^#\/?/, '') || '(root)'}: ${error}`.slice(0, 500);
  };
}

function withoutPatterns(schema: JsonObject): JsonObject {
  const { pattern: _pattern, patternProperties, additionalProperties, ...rest } = schema;
  // What only a pattern lets in would be refused without it.
  const open = patternProperties === undefined && additionalProperties !== undefined;
  return Object.fromEntries(
    Object.entries({ ...rest, ...(open && { additionalProperties }) }).map(([key, value]) => [
      key,
      ['enum', 'const', 'default', 'examples'].includes(key) ? value : inside(key, value),
    ]),
  );
}

/** Below these, keys are names of properties and not of what a schema can say. */
const BY_NAME = ['properties', '$defs', 'definitions', 'dependentSchemas'];

function inside(key: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => inside('', item));
  if (typeof value !== 'object' || value === null) return value;
  if (!BY_NAME.includes(key)) return withoutPatterns(value);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inside('', one)]));
}

/** References lead to other parts of the schema, and nowhere else. */
function checkReferences(part: Json, whole: JsonObject): void {
  if (typeof part !== 'object' || part === null) return;
  for (const [key, value] of Object.entries(part)) {
    if (key === '$ref' && typeof value === 'string' && !leadsSomewhere(value, whole))
      throw new Error(`its reference "${value.slice(0, 200)}" leads nowhere`);
    checkReferences(value, whole);
  }
}

function leadsSomewhere(reference: string, whole: JsonObject): boolean {
  if (reference === '#') return true;
  if (!reference.startsWith('#/')) return false;
  const keys = reference.slice(2).split('/');
  let found: Json | undefined = whole;
  for (const key of keys.map((one) => decodeURIComponent(one).replaceAll('~1', '/').replaceAll('~0', '~')))
    found = typeof found === 'object' && found !== null ? new Map(Object.entries(found)).get(key) : undefined;
  return found !== undefined;
}
