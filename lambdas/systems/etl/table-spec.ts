import * as z from 'zod';
import { MartTable, SourceName } from './sources.ts';

const Column = z.string().min(1).max(128);

/** What must hold of a table before it is loaded; written by the planner, checked by the validator. */
export const TableSpec = z.strictObject({
  table: MartTable,
  source: SourceName.nullable().describe('Rows that fail go to the quarantine of this source; null: they fail the run'),
  counts: Column.optional().describe('A row stands for this many rows of its source; default: one'),
  key: z.array(Column).default([]).describe('Not null, and there once'),
  required: z.array(Column).default([]),
  ranges: z
    .array(z.strictObject({ column: Column, min: z.number().optional(), max: z.number().optional() }))
    .default([]),
  references: z
    .array(z.strictObject({ column: Column, table: MartTable, to: Column }))
    .default([])
    .describe('Null or there in the other table'),
  min_rows: z.number().int().nonnegative().default(1),
});
export type TableSpec = z.infer<typeof TableSpec>;
/** A specification as the planner writes it, defaults left out. */
export type TableSpecInput = z.input<typeof TableSpec>;
