import * as z from 'zod';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';

export const manifest = defineManifest({
  name: 'probe-spender',
  description: 'Asks a model as often as it is told',
  errorImpact: 'The end-to-end tests of budgets notice.',
  timeoutSeconds: 60,
  uses: { models: ['probe-dear', 'probe-cheap'] },
  capabilities: {
    'probe.spend': {
      description: 'Asks `calls` times, `pauseMs` apart, and says which models have answered',
      input: z.object({ calls: z.number().int(), pauseMs: z.number().default(0) }),
      output: z.object({ models: z.array(z.string()), attempt: z.number().int() }),
    },
  },
});
