import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';

/** Three streams in one run: chunks of a file, figures as they grow, and the words of a model as they come. */
export const live = WorkflowDefinition.parse({
  name: 'tasks.live',
  description: 'A file and a text at once, each told of while it is worked on',
  input: {
    type: 'object',
    required: ['file', 'text'],
    properties: {
      file: { type: 'string' },
      text: { type: 'string', minLength: 1 },
      chunk_characters: { type: 'integer' },
    },
    additionalProperties: false,
  },
  tasks: [
    {
      id: 'file',
      type: 'streaming_analysis',
      input: { file: '{% $input.file %}', chunk_characters: '{% $input.chunk_characters ?? 8192 %}' },
    },
    { id: 'words', type: 'streaming_analysis', input: { text: '{% $input.text %}', chunk_characters: 500 } },
    { id: 'summary', type: 'text.summarize', input: { text: '{% $input.text %}' } },
  ],
  timeoutSeconds: 900,
});
