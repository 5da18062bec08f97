import * as z from 'zod';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';
import { NewMemory, PoolName } from '../../../../../lambdas/contracts/memory.ts';

export const manifest = defineManifest({
  name: 'probe-keeper',
  description: 'Remembers what it is told, for itself and for others.',
  errorImpact: 'Nobody: it is there for the end-to-end tests of memory.',
  timeoutSeconds: 30,
  uses: { memory: { own: 'read-write', facts: 'write' } },
  capabilities: {
    'probe.remember': {
      description: 'Remembers entries in a pool.',
      input: z.object({ pool: PoolName, entries: z.array(NewMemory) }),
      output: z.object({ ids: z.array(z.string()) }),
    },
  },
});
