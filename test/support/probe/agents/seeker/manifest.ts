import * as z from 'zod';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';
import { PoolName, RecallQuery } from '../../../../../lambdas/contracts/memory.ts';

export const manifest = defineManifest({
  name: 'probe-seeker',
  description: 'Recalls what others have remembered.',
  errorImpact: 'Nobody: it is there for the end-to-end tests of memory.',
  timeoutSeconds: 30,
  uses: { memory: { facts: 'read' } },
  capabilities: {
    'probe.recall': {
      description: 'Recalls what answers a question.',
      input: RecallQuery,
      output: z.object({ texts: z.array(z.string()), degraded: z.boolean() }),
    },
    'probe.meddle': {
      description: 'Tries what its manifest does not say.',
      input: z.object({ pool: PoolName }),
      output: z.null(),
    },
  },
});
