import { defineManifest } from '../../../../contracts/manifest.ts';
import { SOURCE_SECRETS } from '../../sources.ts';
import { ExtractInput, ExtractResult } from '../../task-shapes.ts';

/** Reads a source to its end and leaves it in the run's folder. A second attempt overwrites the first, so it is idempotent. */
export const manifest = defineManifest({
  name: 'etl-extractor',
  description: 'Extracts rows from PostgreSQL, CSV files and REST APIs into Parquet',
  errorImpact: 'ETL runs stop before any data is loaded: whoever reads the marts keeps seeing the last good load.',
  timeoutSeconds: 300,
  memoryMb: 512,
  retry: { maxAttempts: 8, intervalSeconds: 1, maxDelaySeconds: 30 },
  effects: 'idempotent',
  reaches: { buckets: { 'etl-data': 'read-write' }, secrets: [...SOURCE_SECRETS], layers: ['duckdb'] },
  health: { avgProcessingSeconds: 60 },
  capabilities: {
    'etl.extract': {
      description: 'Reads one source to its end; malformed rows are set aside with their row number and reason',
      input: ExtractInput,
      output: ExtractResult,
    },
  },
});
