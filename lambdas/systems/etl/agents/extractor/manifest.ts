import * as z from 'zod';
import { defineManifest } from '../../../../contracts/manifest.ts';
import { SOURCE_SECRETS } from '../../sources.ts';
import { ExtractInput, ExtractResult } from '../../task-shapes.ts';

/** What can be set while it runs, such as more patience with a slow server. */
export const ExtractParameters = z.object({
  rest_tries: z
    .number()
    .int()
    .min(1)
    .max(20)
    .default(6)
    .describe('Requests for one page of a REST source before it counts as unreachable'),
  rest_timeout_seconds: z.number().min(0.1).max(120).default(10).describe('For each of them'),
});

/** The setting that says where the URLs of REST sources may lead. */
export const REST_REACH = 'etl-rest-reach';

/** Reads a source to its end and leaves it in the run's folder. A second attempt overwrites the first, so it is idempotent. */
export const manifest = defineManifest({
  name: 'etl-extractor',
  description: 'Extracts rows from PostgreSQL, CSV files and REST APIs into Parquet',
  errorImpact: 'ETL runs stop before any data is loaded: whoever reads the marts keeps seeing the last good load.',
  timeoutSeconds: 300,
  memoryMb: 512,
  retry: { maxAttempts: 8, intervalSeconds: 1, maxDelaySeconds: 30 },
  effects: 'idempotent',
  reaches: {
    buckets: { 'etl-data': 'read-write' },
    secrets: [...SOURCE_SECRETS],
    layers: ['duckdb'],
    settings: [REST_REACH],
  },
  health: { avgProcessingSeconds: 60 },
  parameters: ExtractParameters,
  capabilities: {
    'etl.extract': {
      description: 'Reads one source to its end; malformed rows are set aside with their row number and reason',
      input: ExtractInput,
      output: ExtractResult,
    },
  },
});
