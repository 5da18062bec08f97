import * as z from 'zod';

/**
 * What a schema takes or gives, one text per field, such as `rows: integer` or `table?: string`; the schema's own type
 * when it is not an object. For people and for planners that choose among capabilities.
 */
export function typeNames(schema: z.ZodType): string[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const { properties, required = [] } = json;
  if (properties === undefined) return [typeName(json)];
  return Object.entries(properties).map(
    ([field, type]) => `${field}${required.includes(field) ? '' : '?'}: ${typeName(type)}`,
  );
}

type Schema = z.core.JSONSchema._JSONSchema;

function typeName(schema: Schema): string {
  if (typeof schema === 'boolean') return 'any';
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return [...new Set(union.map(typeName))].join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  return [schema.type ?? 'any'].flat().join(' | ');
}
