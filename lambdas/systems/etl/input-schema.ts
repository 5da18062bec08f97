import * as z from 'zod';
import type { JsonObject } from '../../contracts/json.ts';
import { JsonObject as JsonObjectSchema } from '../../contracts/json.ts';

/**
 * JSON Schema of what a requester may write, from the zod schema that reads it. Unions told apart by `kind` become
 * if-then rules, so that a fault is reported where it is and not as "matches none of twelve alternatives".
 */
export function inputSchemaOf(schema: z.ZodType): JsonObject {
  return byKind(JsonObjectSchema.parse(z.toJSONSchema(schema, { io: 'input' })));
}

function byKind(node: JsonObject): JsonObject {
  const copy: JsonObject = {};
  for (const [key, value] of Object.entries(node)) {
    if (Array.isArray(value)) copy[key] = value.map((item) => (isObject(item) ? byKind(item) : item));
    else copy[key] = isObject(value) ? byKind(value) : value;
  }
  const options = copy.oneOf ?? copy.anyOf;
  if (!Array.isArray(options)) return copy;
  const kinds = options.map((option) => (isObject(option) ? kindOf(option) : undefined));
  if (!kinds.every((kind) => kind !== undefined)) return copy;
  const { oneOf: _one, anyOf: _any, ...rest } = copy;
  return {
    ...rest,
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: [...new Set(kinds)] } },
    allOf: options.map((option, index) => ({
      if: { properties: { kind: { const: kinds[index] ?? '' } }, required: ['kind'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: option,
    })),
  };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function kindOf(option: JsonObject): string | undefined {
  const kind = isObject(option.properties) ? option.properties.kind : undefined;
  return isObject(kind) && typeof kind.const === 'string' ? kind.const : undefined;
}
