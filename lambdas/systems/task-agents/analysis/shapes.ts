import * as z from 'zod';
import { JsonObject } from '../../../contracts/json.ts';
import { FileKey } from '../files.ts';
import { AnsweredBy, Way } from '../models/answered.ts';

const TableName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'a table is named like "sales_2026"');
/** What is analysed: a file, or rows that came along. */
export const TableSource = z
  .strictObject({
    name: TableName.describe('What the table is called in SQL'),
    file: FileKey.optional().describe('CSV, TSV, JSON, NDJSON or Parquet, by its name'),
    rows: z.array(JsonObject).max(20_000).optional(),
  })
  .refine(({ file, rows }) => (file === undefined) !== (rows === undefined), 'has either `file` or `rows`');

export const AnalyzeInput = z.strictObject({
  tables: z
    .array(TableSource)
    .min(1)
    .max(10)
    .refine((tables) => new Set(tables.map(({ name }) => name)).size === tables.length, 'tables have different names'),
  sql: z.string().max(10_000).optional().describe('One SELECT over the tables'),
  question: z.string().max(1_000).optional().describe('In words; where there is a model it writes the SELECT'),
  way: Way,
});

const Column = z.object({
  name: z.string(),
  type: z.string(),
  nulls: z.number().describe('Share, 0 to 1'),
  distinct: z.number().int().describe('Approximately'),
  min: z.string().nullable(),
  max: z.string().nullable(),
  mean: z.number().nullable(),
  deviation: z.number().nullable(),
  top: z.array(z.object({ value: z.string(), rows: z.number().int() })).describe('Of texts with few different values'),
});
export const Analysis = z.object({
  tables: z.array(z.object({ name: z.string(), rows: z.number().int(), columns: z.array(Column) })),
  correlations: z
    .array(z.object({ table: z.string(), one: z.string(), other: z.string(), r: z.number(), rows: z.number().int() }))
    .describe('Pearson, the strongest first; only what is above 0.3'),
  query: z
    .object({ sql: z.string(), columns: z.array(z.string()), rows: z.array(JsonObject), cut: z.boolean() })
    .optional(),
  figures: z.record(z.string(), z.number()).describe('Rows and means by name, and a single row of the query'),
  answered_by: AnsweredBy,
});
export type Analysis = z.infer<typeof Analysis>;
