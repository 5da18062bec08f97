import * as z from 'zod';

const Column = z.string().min(1).max(128).regex(/^[^_]/, 'names that begin with "_" are Muster\'s own');
const Expression = z
  .string()
  .min(1)
  .max(2_000)
  .describe("One SQL expression over the row's columns: operators, CASE, CAST and plain functions; no statements");
const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Types a column can be cast to, with DuckDB's name of each. */
export const CAST_TYPES = {
  text: 'VARCHAR',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  decimal: 'DECIMAL(18, 4)',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
} as const;
const CastType = z.enum(['text', 'integer', 'bigint', 'double', 'decimal', 'boolean', 'date', 'timestamp']);

/** One step of a pipeline. Every column is text until it is cast. */
export const Rule = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('rename'), column: Column, to: Column }),
    z.strictObject({
      kind: z.literal('select'),
      columns: z.array(Column).min(1).describe('Keep only these, in this order'),
    }),
    z.strictObject({ kind: z.literal('drop'), columns: z.array(Column).min(1) }),
    z.strictObject({
      kind: z.literal('trim'),
      columns: z.array(Column).min(1).describe('Cut blanks at both ends; what is left empty is null'),
    }),
    z.strictObject({
      kind: z.literal('cast'),
      column: Column,
      to: CastType,
      format: z
        .string()
        .min(1)
        .max(64)
        .optional()
        .describe('strptime format of a date or timestamp, such as "%d.%m.%Y"'),
    }),
    z.strictObject({ kind: z.literal('derive'), column: Column.describe('New, or replaced'), expression: Expression }),
    z.strictObject({
      kind: z.literal('filter'),
      where: Expression.describe('Rows for which this is not true are left out'),
    }),
    z.strictObject({
      kind: z.literal('deduplicate'),
      columns: z.array(Column).min(1).optional().describe('Default: all; the first row stays'),
    }),
    z.strictObject({
      kind: z.literal('require'),
      columns: z.array(Column).min(1).describe('Rows with a null go to quarantine'),
    }),
    z
      .strictObject({
        kind: z.literal('range'),
        column: Column,
        min: z.number().optional(),
        max: z.number().optional(),
      })
      .refine((rule) => rule.min !== undefined || rule.max !== undefined, {
        path: ['min'],
        message: 'give "min", "max" or both',
      })
      .refine((rule) => rule.min === undefined || rule.max === undefined || rule.min <= rule.max, {
        path: ['max'],
        message: 'is below "min"',
      }),
    z.strictObject({ kind: z.literal('one_of'), column: Column, values: z.array(Scalar).min(1).max(1_000) }),
    z.strictObject({
      kind: z.literal('matches'),
      column: Column,
      pattern: z.string().min(1).max(500).describe('RE2 regular expression for the whole value'),
    }),
  ],
  {
    error:
      'a rule is an object whose "kind" is rename, select, drop, trim, cast, derive, filter, deduplicate, require, range, one_of or matches',
  },
);
export type Rule = z.infer<typeof Rule>;
export const RuleList = z.array(Rule).max(200);
