import { type OutputUnit, Validator } from '@cfworker/json-schema';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { WorkflowDefinition } from '../contracts/workflow-definition.ts';
import { fault } from './check-fault.ts';

/**
 * The input against the definition's JSON Schema (2020-12). Nothing is coerced and no default is applied. The validator
 * is small and pure, and interprets schemas instead of compiling them to code.
 * @throws DataError `invalid_input` with a field like `input.sources.flights.kind`;
 * `invalid_definition` when the schema itself can't be used
 */
export function checkInput(definition: Pick<WorkflowDefinition, 'input'>, input: JsonObject): void {
  if (!definition.input) return;
  checkAgainst(definition.input, input, 'input', "the workflow's schema");
}

/**
 * Any document against a JSON Schema.
 * @param root what its fields are called from, such as `input`
 * @param whose what a person calls the schema
 * @throws DataError `invalid_input` with the field; `invalid_definition` when the schema itself can't be used
 */
export function checkAgainst(schema: JsonObject, value: Json, root: string, whose: string): void {
  const found = schemaErrors(schema, value, root, whose);
  const first = found[0];
  if (!first) return;
  const reasons = found.map((error) => `${error.field}: ${error.reason}`);
  throw fault('invalid_input', first.field, `the ${root} does not fit ${whose}: ${reasons.join('; ')}`);
}

/** The top-level fields that an input may have, when its schema says that there are no others. */
export function fieldsOfInput(schema: JsonObject | undefined): readonly string[] | undefined {
  const { properties, additionalProperties, patternProperties } = schema ?? {};
  if (additionalProperties !== false || patternProperties !== undefined) return undefined;
  return typeof properties === 'object' && properties !== null && !Array.isArray(properties)
    ? Object.keys(properties)
    : undefined;
}

/** Keywords that only say that something further in does not fit, which is no news. */
const OUTER = new Set([
  'if',
  'properties',
  'additionalProperties',
  'patternProperties',
  'items',
  'prefixItems',
  'allOf',
  '$ref',
]);

/** Five faults at most, the innermost only. */
function schemaErrors(
  schema: JsonObject,
  value: Json,
  root: string,
  whose: string,
): Array<{ field: string; reason: string }> {
  let errors: OutputUnit[];
  try {
    // The validator writes addresses into the schema it is given, which is somebody else's.
    errors = new Validator(structuredClone(schema), '2020-12', false).validate(value).errors;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw fault('invalid_definition', `definition.${root}`, `${whose} can't be used: ${reason}`);
  }
  const inner = errors.filter((error) => !OUTER.has(error.keyword));
  return (inner.length > 0 ? inner : errors).slice(0, 5).map((error) => {
    const path = [root, ...error.instanceLocation.split('/').slice(1).map(unescapePointer)];
    if (error.keyword === 'required') path.push(/"(.*)"/.exec(error.error)?.[1] ?? '');
    const reason = error.keyword === 'false' ? 'is not a property the schema knows' : error.error;
    return { field: path.join('.'), reason: reason.slice(0, 200) };
  });
}

function unescapePointer(part: string): string {
  return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
}
