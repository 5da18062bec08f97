import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';

/** Who does not answer within the input's seconds is missing: the others' answers are put together, and that is said. */
const member = (id: string, type: string, input: object, when?: string) => ({
  ...{ id, type, input, dependsOn: ['prepare'], optional: true, escalate: 'fail' },
  ...{ timeoutSeconds: 60, retry: { maxAttempts: 2, intervalSeconds: 1, maxDelaySeconds: 2 } },
  ...(when !== undefined && { when }),
});
const DOCUMENT = '{% $results.prepare %}';
const WAY = "{% $input.way ?? 'auto' %}";

/** Parallel subtasks with an aggregator: five agents look at the same input, one makes one answer of theirs. */
export const panorama = WorkflowDefinition.parse({
  name: 'tasks.panorama',
  description: 'Five agents at once over one input, and one answer with conflicts, quality and provenance',
  input: {
    type: 'object',
    required: ['material', 'question', 'labels', 'schema'],
    properties: {
      material: { type: 'object', description: 'As input.prepare takes it' },
      question: { type: 'string', minLength: 3 },
      labels: { type: 'array', minItems: 2 },
      schema: { type: 'object', description: 'JSON Schema of the data to take out' },
      way: { enum: ['auto', 'statistics'] },
    },
    additionalProperties: false,
  },
  tasks: [
    { id: 'prepare', type: 'input.prepare', description: 'Find out what it is', input: '{% $input.material %}' },
    member('summary', 'text.summarize', { document: DOCUMENT, way: WAY }),
    member('label', 'text.classify', { document: DOCUMENT, labels: '{% $input.labels %}', way: WAY }),
    member('data', 'text.extract', { document: DOCUMENT, schema: '{% $input.schema %}', way: WAY }),
    member('research', 'web.research', {
      question: '{% $input.question %}',
      documents: ['{% $results.prepare %}'],
      way: WAY,
    }),
    member('figures', 'streaming_analysis', { document: DOCUMENT }),
    {
      id: 'answer',
      type: 'results.aggregate',
      description: 'One answer of five',
      dependsOn: ['summary', 'label', 'data', 'research', 'figures'],
      input: {
        question: '{% $input.question %}',
        answers: {
          summary: '{% $results.summary ?? null %}',
          label: '{% $results.label ?? null %}',
          data: '{% $results.data ?? null %}',
          research: '{% $results.research ?? null %}',
          figures: '{% $results.figures ?? null %}',
        },
      },
    },
  ],
  output: ['answer'],
  timeoutSeconds: 600,
});
