import { defineManifest } from '../../../../contracts/manifest.ts';
import { TransformInput, TransformResult } from '../../task-shapes.ts';

/** Makes tables from extracted rows, inside the run's folder. A second attempt overwrites the first, so it is idempotent. */
export const manifest = defineManifest({
  name: 'etl-transformer',
  description: "Transforms extracted rows with DuckDB: the flight mart's star schema, or a pipeline's rules",
  errorImpact: 'ETL runs stop after extraction: marts are not refreshed, and whoever reads them sees old figures.',
  timeoutSeconds: 300,
  memoryMb: 512,
  effects: 'idempotent',
  reaches: { buckets: { 'etl-data': 'read-write' }, layers: ['duckdb'] },
  health: { avgProcessingSeconds: 60 },
  capabilities: {
    'etl.transform': {
      description: 'Makes one table; rows that can not be read as what they should be are set aside with the reason',
      input: TransformInput,
      output: TransformResult,
    },
  },
});
