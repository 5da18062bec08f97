import * as z from 'zod';
import { RuleList } from '../rules.ts';
import { CsvSource, ObjectKey, PostgresSource } from '../sources.ts';

/** One's own data: a CSV file or a PostgreSQL table in, rules, Parquet out. */
export const PipelineInput = z.strictObject({
  $schema: z.string().optional().describe('For editors; ignored'),
  source: z.discriminatedUnion('kind', [CsvSource, PostgresSource]),
  rules: RuleList.default([]).describe('Applied in this order; every column is text until it is cast'),
  target: z.strictObject({
    prefix: ObjectKey.describe(
      'The Parquet lands in <prefix>/runs/<run>/data.parquet, and <prefix>/current.json points at it',
    ),
    format: z.literal('parquet').default('parquet'),
  }),
  max_rejected_share: z.number().min(0).max(1).default(1).describe('When more of the rows is rejected, the run fails'),
});
export type PipelineInput = z.infer<typeof PipelineInput>;
