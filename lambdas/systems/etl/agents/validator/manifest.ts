import { defineManifest } from '../../../../contracts/manifest.ts';
import { ValidateInput, ValidateResult } from '../../task-shapes.ts';

/** Checks tables and sorts out rows, inside the run's folder. A second attempt overwrites the first, so it is idempotent. */
export const manifest = defineManifest({
  name: 'etl-validator',
  description: 'Checks tables before they are loaded and puts rejected rows in quarantine, each with its reason',
  errorImpact: 'ETL runs stop before loading: marts keep their last checked figures, and new data waits.',
  timeoutSeconds: 300,
  memoryMb: 512,
  effects: 'idempotent',
  reaches: { buckets: { 'etl-data': 'read-write' }, layers: ['duckdb'] },
  health: { avgProcessingSeconds: 60 },
  capabilities: {
    'etl.validate': {
      description: 'Keys, nulls, ranges, references, row counts, control sums; read = loaded + quarantined + filtered',
      input: ValidateInput,
      output: ValidateResult,
    },
  },
});
