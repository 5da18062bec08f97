import * as z from 'zod';

/** What we read of a JSON Schema; zod writes no more than this for our contracts. */
interface Schema {
  readonly title?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly description?: string;
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

/** Types that have a section of their own, by name. */
export type NamedTypes = Readonly<Record<string, z.ZodType>>;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (value: unknown): string => `\`${JSON.stringify(value)}\``;
const link = (name: string): string => `[${name}](#${name.toLowerCase()})`;

function range(least: number | undefined, most: number | undefined, unit: string): string {
  const low = least === undefined || least <= Number.MIN_SAFE_INTEGER ? undefined : least;
  const high = most === undefined || most >= Number.MAX_SAFE_INTEGER ? undefined : most;
  if (low === undefined && high === undefined) return '';
  const text = high === undefined ? `at least ${low}` : low === undefined ? `at most ${high}` : `${low} to ${high}`;
  return `, ${text}${unit}`;
}

/** Describes schemas in words, with links to the types that have a section of their own. */
export function createDescriber(named: NamedTypes) {
  const names = new Map<unknown, string>(Object.entries(named).map(([name, type]) => [type, name]));

  /** The schema, where each use of a named type bears its name as title. */
  const schemaOf = (type: z.ZodType): Schema =>
    JSON.parse(
      JSON.stringify(
        z.toJSONSchema(type, {
          io: 'input',
          override: ({ zodSchema, jsonSchema }) => {
            const name = names.get(zodSchema);
            if (name) jsonSchema.title = name;
          },
        }),
      ),
    );
  const nameOf = (schema: Schema): string | undefined => schema.title;

  function inWords(schema: Schema): string {
    const name = nameOf(schema);
    return name ? link(name) : shapeInWords(schema);
  }

  function shapeInWords(schema: Schema): string {
    if (schema.const !== undefined) return code(schema.const);
    if (schema.enum) return schema.enum.map(code).join(' or ');
    const variants = schema.anyOf ?? schema.oneOf;
    if (variants) return [...new Set(variants.map(inWords))].join(' or ');
    switch (schema.type) {
      case 'string':
        if (schema.format === 'date-time') return 'date and time, ISO 8601 in UTC';
        if (schema.pattern) return `text like \`${schema.pattern}\``;
        return `text${range(schema.minLength, schema.maxLength, ' characters')}`;
      case 'integer':
      case 'number': {
        const words = schema.type === 'integer' ? 'whole number' : 'number';
        if (schema.exclusiveMinimum !== undefined)
          return `${words} above ${schema.exclusiveMinimum}${range(undefined, schema.maximum, '')}`;
        return `${words}${range(schema.minimum, schema.maximum, '')}`;
      }
      case 'array':
        return `list of ${schema.items ? inWords(schema.items) : 'anything'}${range(schema.minItems, schema.maxItems, ' items')}`;
      case 'object':
        if (schema.properties) return 'object';
        return typeof schema.additionalProperties === 'object'
          ? `record of ${inWords(schema.additionalProperties)}`
          : 'object';
      default:
        return schema.type ?? 'anything';
    }
  }

  /** What tells a variant of a union from the others: its constant field, or its only one. */
  function variantName(schema: Schema): string {
    const constant = Object.entries(schema.properties ?? {}).find(([, field]) => field.const !== undefined);
    if (constant) return ` (${constant[0]} ${JSON.stringify(constant[1].const)})`;
    return ` (with ${Object.keys(schema.properties ?? {})[0]})`;
  }

  /** The fields of an object, those of objects inside it included; a union's variants one after another. */
  function rows(schema: Schema, path: string): string[] {
    const variants = schema.anyOf ?? schema.oneOf;
    if (variants)
      return variants.filter((v) => v.properties).flatMap((v) => fieldRows(v, `${path}${variantName(v)}`.trim()));
    return fieldRows(schema, path);
  }

  function fieldRows(schema: Schema, path: string): string[] {
    return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
      const full = path ? `${path}.${name}` : name;
      const need = schema.required?.includes(name)
        ? 'yes'
        : field.default === undefined
          ? 'no'
          : `no: ${code(field.default)}`;
      const row = `| \`${full}\` | ${cell(inWords(field))} | ${cell(need)} | ${cell(field.description ?? '')} |`;
      if (nameOf(field)) return [row];
      const inner = field.type === 'array' && field.items && !nameOf(field.items) ? field.items : field;
      return [row, ...rows(inner, inner === field ? full : `${full}[]`)];
    });
  }

  return {
    /** A Markdown table of the fields, or the type in words where there are none. */
    table(type: z.ZodType): string {
      const schema = schemaOf(type);
      const body = rows(schema, '');
      if (body.length === 0) return `${shapeInWords(schema)}.`;
      return ['| field | type | required | |', '|---|---|---|---|', ...body].join('\n');
    },
  };
}
