import * as z from 'zod';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';

export const manifest = defineManifest({
  name: 'probe-thinker',
  description: 'Asks a model in every way there is',
  errorImpact: 'The end-to-end tests of models notice.',
  timeoutSeconds: 60,
  batchSize: 10,
  uses: { models: ['probe-plain', 'probe-bedrock'] },
  capabilities: {
    'probe.think': {
      description: 'Asks a model, and says what it heard',
      input: z.object({
        model: z.enum(['probe-plain', 'probe-bedrock']).default('probe-plain'),
        how: z.enum(['generate', 'object', 'stream', 'converse']),
        prompt: z.string(),
        cacheSeconds: z.number().optional(),
      }),
      output: z.json(),
    },
  },
});
