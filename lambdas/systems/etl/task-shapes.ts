import * as z from 'zod';
import { RuleList } from './rules.ts';
import { MartTable, ObjectKey, SchemaName, Source, SourceName, TARGET_SECRETS } from './sources.ts';
import { TableSpec } from './table-spec.ts';

/*
 * Input and output of the tasks, as the planner writes them and as one agent's results reach the next.
 * Results carry keys and counts; the data lies in the bucket (see run-files.ts).
 */

const Count = z.number().int().nonnegative();

export const ExtractInput = z.strictObject({ name: SourceName, source: Source });
export const ExtractResult = z.object({
  task: z.literal('extract'),
  source: SourceName,
  kind: z.string(),
  key: z.string(),
  columns: z.array(z.string()),
  read: Count,
  extracted: Count,
  rejected: Count,
  bytes: Count,
});
export type ExtractResult = z.infer<typeof ExtractResult>;

export const MART_MODELS = ['dim_airport', 'dim_weather', 'fact_flights', 'fact_bird_strikes', 'dim_date'] as const;
export const TransformInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('flight-mart'), table: z.enum(MART_MODELS) }),
  z.strictObject({ kind: z.literal('rules'), table: MartTable, source: SourceName, rules: RuleList }),
]);
export const TransformResult = z.object({
  task: z.literal('transform'),
  table: MartTable,
  source: SourceName.nullable().describe('Whose rows these are; null for a table made from others'),
  key: z.string(),
  rows: Count,
  rejected: Count,
  filtered: Count,
});
export type TransformResult = z.infer<typeof TransformResult>;

/** A sum that must be the same on both sides of the transformation. */
const ControlSum = z.strictObject({
  source: SourceName,
  source_column: z.string(),
  table: MartTable,
  column: z.string(),
});
export const ValidateInput = z.strictObject({
  tables: z.array(TableSpec).min(1).describe('In the order in which they refer to each other: dimensions first'),
  control_sums: z.array(ControlSum).default([]),
  max_rejected_share: z.number().min(0).max(1).describe('A source of which more is rejected fails the run'),
});
export type ValidateInput = z.infer<typeof ValidateInput>;

export const SourceTotals = z.object({
  read: Count,
  loaded: Count,
  quarantined: Count,
  filtered: Count,
  quarantine_key: z.string().nullable(),
});
export type SourceTotals = z.infer<typeof SourceTotals>;
export const Check = z.object({ check: z.string(), expected: z.string(), actual: z.string(), ok: z.boolean() });
export type Check = z.infer<typeof Check>;
export const ValidateResult = z.object({
  task: z.literal('validate'),
  tables: z.array(z.object({ table: MartTable, key: z.string(), rows: Count })),
  sources: z.record(SourceName, SourceTotals),
  checks_passed: Count,
  report_key: z.string(),
});
export type ValidateResult = z.infer<typeof ValidateResult>;

export const LoadInput = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('parquet'), prefix: ObjectKey, planned_at: Count }),
  z.strictObject({
    to: z.literal('postgres'),
    secret: z.enum(TARGET_SECRETS),
    schema: SchemaName,
    planned_at: Count,
    keys: z.record(MartTable, z.array(z.string())).describe('Primary keys'),
  }),
]);
export const LoadResult = z.object({
  task: z.literal('load'),
  to: z.enum(['parquet', 'postgres']),
  where: z.string().describe('Prefix in the bucket, or schema in the database'),
  tables: z.array(z.object({ table: MartTable, rows: Count, key: z.string().optional() })),
  current: z.boolean().describe('False when a later run had been loaded already and stays the current one'),
});
export type LoadResult = z.infer<typeof LoadResult>;

const Figure = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const Summary = z.object({
  workflow: z.string(),
  totals: z.record(SourceName, SourceTotals.extend({ balanced: z.boolean() })),
  mart: z.record(z.string(), Figure).describe('Headline figures, asked of the loaded Parquet by SQL'),
  tables: z.record(MartTable, Count),
  loaded_to: z.array(z.object({ to: z.string(), where: z.string(), current: z.boolean() })),
  notes: z.array(z.string()),
});
