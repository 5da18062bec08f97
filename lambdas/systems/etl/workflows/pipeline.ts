import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';
import { inputSchemaOf } from '../input-schema.ts';
import { PipelineInput } from './pipeline-input.ts';

/** Somebody's own CSV file or table, by their own rules, into Parquet. The orchestrator adds the tasks. */
export const pipeline = WorkflowDefinition.parse({
  name: 'etl.pipeline',
  description: 'Extracts a CSV file or a PostgreSQL table, applies rules, checks, and loads Parquet',
  input: inputSchemaOf(PipelineInput),
  tasks: [
    {
      id: 'plan',
      type: 'etl.plan',
      agent: 'etl-orchestrator',
      description: 'Check the pipeline and turn it into tasks',
      input: { workflow: 'etl.pipeline', request: '{% $input %}' },
    },
  ],
  timeoutSeconds: 3_600,
});
