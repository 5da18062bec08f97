import * as z from 'zod';
import { JsonObject } from '../../../../contracts/json.ts';
import { defineManifest } from '../../../../contracts/manifest.ts';
import { Summary } from '../../task-shapes.ts';
import { FLIGHT_MART_SETTINGS } from '../../workflows/flight-mart-input.ts';

const WorkflowKind = z.enum(['etl.flight-mart', 'etl.pipeline']);

/** Plans runs and sums them up; changes nothing outside the run. */
export const manifest = defineManifest({
  name: 'etl-orchestrator',
  description: 'Plans ETL runs from the stated sources, rules and target, starts the watching, and sums the outcome up',
  errorImpact:
    'No ETL run starts or reports its outcome: whoever requested one is told that it failed, and marts stay as they are.',
  timeoutSeconds: 60,
  memoryMb: 512,
  effects: 'none',
  channels: { publishes: ['coordination'] },
  reaches: { buckets: { 'etl-data': 'read' }, layers: ['duckdb'], settings: Object.values(FLIGHT_MART_SETTINGS) },
  health: { avgProcessingSeconds: 10 },
  capabilities: {
    'etl.plan': {
      description: 'Checks a request and adds the tasks that fulfil it; the same request gives the same tasks',
      input: z.strictObject({ workflow: WorkflowKind, request: JsonObject }),
      output: z.object({ tasks: z.number().int(), participants: z.array(z.string()), notes: z.array(z.string()) }),
    },
    'etl.summarize': {
      description: 'Asks the loaded Parquet for the headline figures and adds the totals of each source',
      input: z.strictObject({ workflow: WorkflowKind, notes: z.array(z.string()) }),
      output: Summary,
    },
  },
});
