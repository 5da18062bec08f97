import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';

/** One agent: whatever comes in is prepared, then summarized. */
export const digest = WorkflowDefinition.parse({
  name: 'tasks.digest',
  description: 'A file, text or record in, a summary out',
  input: {
    type: 'object',
    required: ['material'],
    properties: {
      material: { type: 'object', description: 'As input.prepare takes it: {input} or {file: {name, base64 or key}}' },
      sentences: { type: 'integer', minimum: 1, maximum: 20 },
      way: { enum: ['auto', 'statistics'] },
    },
    additionalProperties: false,
  },
  tasks: [
    { id: 'prepare', type: 'input.prepare', description: 'Find out what it is', input: '{% $input.material %}' },
    {
      id: 'summary',
      type: 'text.summarize',
      dependsOn: ['prepare'],
      input: {
        document: '{% $results.prepare %}',
        sentences: '{% $input.sentences ?? 3 %}',
        way: "{% $input.way ?? 'auto' %}",
      },
    },
  ],
  timeoutSeconds: 600,
});
