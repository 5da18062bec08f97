import * as z from 'zod';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';

export const manifest = defineManifest({
  name: 'probe-herald',
  description: 'Asks the API for something, with a token of its own.',
  errorImpact: 'Nobody: it is there for the end-to-end tests of identity.',
  roles: ['orchestrator'],
  timeoutSeconds: 30,
  capabilities: {
    'probe.call': {
      description: 'Calls the API as the agent that it is.',
      input: z.object({
        url: z.string(),
        audience: z.string(),
        method: z.enum(['GET', 'POST']).default('GET'),
        body: z.json().optional(),
      }),
      output: z.object({ status: z.number(), body: z.json() }),
    },
  },
});
