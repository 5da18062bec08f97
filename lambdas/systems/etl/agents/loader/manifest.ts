import { defineManifest } from '../../../../contracts/manifest.ts';
import { TARGET_SECRETS } from '../../sources.ts';
import { LoadInput, LoadResult } from '../../task-shapes.ts';

/**
 * Its effects reach outside the run's folder and are idempotent all the same, not `outside`: a load replaces the whole
 * mart by this run's tables, in one switch (a pointer object) or one transaction, and the run's id names what it wrote.
 * Done twice, it ends the same; cut off in the middle, readers see nothing of it. So an attempt whose fate is unknown may
 * simply be repeated, by any agent, where an `outside` effect would have to wait for a person.
 */
export const manifest = defineManifest({
  name: 'etl-loader',
  description: 'Loads checked tables as Parquet in S3 and into PostgreSQL, all of them at once or not at all',
  errorImpact: 'Marts are not refreshed: whoever reads them sees the figures of the last complete load.',
  timeoutSeconds: 300,
  memoryMb: 512,
  retry: { maxAttempts: 8, intervalSeconds: 1, maxDelaySeconds: 30 },
  effects: 'idempotent',
  reaches: { buckets: { 'etl-data': 'read-write' }, secrets: [...TARGET_SECRETS], layers: ['duckdb'] },
  health: { avgProcessingSeconds: 60 },
  capabilities: {
    'etl.load': {
      description: 'Replaces the mart in S3 or PostgreSQL by the checked tables of this run',
      input: LoadInput,
      output: LoadResult,
    },
  },
});
