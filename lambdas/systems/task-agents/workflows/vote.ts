import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';
import { consensus } from '../../../definitions/patterns/consensus.ts';

const ballot = (...criteria: string[]) => ({
  answer: '{% $input.answer %}',
  source: '{% $input.source %}',
  constraints: '{% $input.constraints ?? [] %}',
  criteria,
  way: "{% $input.way ?? 'auto' %}",
});

/** Three reviews that look at different things and do not see each other's; the majority decides. */
const ballots = consensus({
  id: 'verdict',
  participants: [
    { id: 'faithful', type: 'text.review', input: ballot('faithful') },
    { id: 'complete', type: 'text.review', input: ballot('complete', 'constraints') },
    { id: 'concise', type: 'text.review', input: ballot('concise') },
  ],
  quorum: 2,
  weights: { faithful: 2 },
  tie: 'first',
});

/** A vote over an answer: faithful counts twice and comes first, so what is not true is not accepted for being short. */
export const vote = WorkflowDefinition.parse({
  name: 'tasks.vote',
  description: 'Three reviewers vote on an answer to a source: accept or revise',
  input: {
    type: 'object',
    required: ['answer', 'source'],
    properties: {
      answer: { type: 'string', minLength: 1 },
      source: { type: 'string', minLength: 1 },
      constraints: { type: 'array', items: { type: 'string' } },
      way: { enum: ['auto', 'statistics'] },
    },
    additionalProperties: false,
  },
  tasks: [...ballots.tasks],
  output: ['verdict'],
  timeoutSeconds: 86_400,
});
