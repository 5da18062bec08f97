import * as z from 'zod';
import { defineManifest } from '../../../lambdas/contracts/manifest.ts';
import { defineWorkflow } from '../../../lambdas/definitions/define-workflow.ts';

/* The TypeScript of docs/guides/budgets.md, word for word: here the compiler sees it, and guide.test.ts runs it. */

const capabilities = {
  'papers.survey': {
    description: 'Surveys what is known',
    input: z.object({ topic: z.string() }),
    output: z.object({ text: z.string() }),
  },
};

export const reader = defineManifest({
  name: 'reader',
  description: 'Reads papers',
  errorImpact: 'Whoever asked for a survey gets none.',
  uses: { models: ['fast', 'smart'] },
  budget: { usd: 0.2, calls: 50 },
  capabilities,
});

export const research = defineWorkflow({
  name: 'research',
  agents: [reader],
  budget: { usd: 2, tokens: 500_000, calls: 300, depth: 3, seconds: 3_600, atLimit: 'ask' },
})
  .task('survey', {
    type: 'papers.survey',
    input: () => ({ topic: 'lichen' }),
    budget: { usd: 0.5, atLimit: 'degrade' },
  })
  .build(['survey']);
