import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';
import { inputSchemaOf } from '../input-schema.ts';
import { FlightMartInput } from './flight-mart-input.ts';

/** Flights, airports, bird strikes and weather into a star schema. The orchestrator adds the tasks. */
export const flightMart = WorkflowDefinition.parse({
  name: 'etl.flight-mart',
  description: 'Extracts flights, airports, bird strikes and weather, checks them, and loads a star schema',
  input: inputSchemaOf(FlightMartInput),
  tasks: [
    {
      id: 'plan',
      type: 'etl.plan',
      agent: 'etl-orchestrator',
      description: 'Turn sources, rules and target into tasks',
      input: { workflow: 'etl.flight-mart', request: '{% $input %}' },
    },
  ],
  timeoutSeconds: 1_800,
});
