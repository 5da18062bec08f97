import { defineManifest } from '../../../../contracts/manifest.ts';
import { Analysis, AnalyzeInput } from '../../analysis/shapes.ts';
import { FILES_BUCKET } from '../../files.ts';
import { WITH_MODEL } from '../../models/with-model.ts';
import { signed } from '../../work/made-by.ts';

export const manifest = defineManifest({
  ...WITH_MODEL,
  name: 'data-analyst',
  description: 'Analyses tables with DuckDB: uploaded CSV, JSON and Parquet files, or rows that come along',
  errorImpact: 'Files are not analysed, and questions about figures stay open.',
  timeoutSeconds: 300,
  memoryMb: 512,
  reaches: { buckets: { [FILES_BUCKET]: 'read' }, layers: ['duckdb'] },
  health: { avgProcessingSeconds: 30 },
  capabilities: {
    'data.analyze': {
      description: 'Profiles, correlations, and one SELECT: given, or written by a model from a question',
      input: AnalyzeInput,
      output: signed(Analysis),
    },
  },
});
