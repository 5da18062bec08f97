import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';

/** Nothing but the first step of all others: to see what an input is taken for. */
export const prepare = WorkflowDefinition.parse({
  name: 'tasks.prepare',
  description: 'Says what an input is, in the form that every agent takes',
  input: {
    type: 'object',
    required: ['material'],
    properties: { material: { type: 'object', description: 'As input.prepare takes it' } },
    additionalProperties: false,
  },
  tasks: [{ id: 'prepare', type: 'input.prepare', input: '{% $input.material %}' }],
  timeoutSeconds: 300,
});
