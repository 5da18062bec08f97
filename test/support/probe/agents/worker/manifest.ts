import * as z from 'zod';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';

const anything = z.json();

export const manifest = defineManifest({
  name: 'probe-worker',
  description: 'Does what end-to-end tests and benches need of an agent: nothing, failing, taking long.',
  errorImpact: 'Only tests and benches use this agent; nobody else notices.',
  timeoutSeconds: 10,
  retry: { intervalSeconds: 0.2 },
  capabilities: {
    'probe.noop': { description: 'Nothing, at once', input: anything, output: anything },
    'probe.echo': { description: 'Answers its inputs', input: anything, output: anything },
    'probe.flaky': {
      description: 'Fails `failures` times, then answers the number of its attempt',
      input: z.object({ failures: z.number().int() }),
      output: z.number(),
    },
    'probe.broken': { description: 'Never works', input: anything, output: anything },
    'probe.slow': { description: 'Takes `ms`', input: z.object({ ms: z.number() }), output: anything },
    'probe.gather': { description: 'Answers what it depends on', input: anything, output: anything },
    'probe.decompose': {
      description: 'Adds `tasks` to its run',
      input: z.object({ tasks: z.array(anything) }),
      output: z.number(),
    },
  },
});
