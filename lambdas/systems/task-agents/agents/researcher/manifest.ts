import { defineManifest } from '../../../../contracts/manifest.ts';
import { WITH_MODEL } from '../../models/with-model.ts';
import { Page, ReadPageInput, Research, ResearchInput } from '../../research/shapes.ts';
import { signed } from '../../work/made-by.ts';

export const manifest = defineManifest({
  ...WITH_MODEL,
  name: 'researcher',
  description: 'Answers questions from web pages and documents, and cites the passages',
  errorImpact: 'Questions stay unanswered, and runs that need an answer go on without one.',
  // A page that does not answer is no fault of the agent's.
  breaker: { failures: 50, seconds: 60 },
  timeoutSeconds: 60,
  // Twenty documents of the longest take 300 MB, word by word.
  memoryMb: 512,
  uses: { ...WITH_MODEL.uses, tools: ['http'] },
  reaches: { hosts: ['*'] },
  budget: { ...WITH_MODEL.budget, calls: 40 },
  capabilities: {
    'web.read': { description: 'The text of a public page', input: ReadPageInput, output: Page },
    'web.research': {
      description: 'What pages and documents say about a question, with citations',
      input: ResearchInput,
      output: signed(Research),
    },
  },
});
