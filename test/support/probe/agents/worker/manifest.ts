import * as z from 'zod';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';

const anything = z.json();

export const manifest = defineManifest({
  name: 'probe-worker',
  description: 'Does what end-to-end tests and benches need of an agent: nothing, failing, taking long.',
  errorImpact: 'Only tests and benches use this agent; nobody else notices.',
  timeoutSeconds: 10,
  retry: { intervalSeconds: 0.2 },
  parameters: z.object({ pace: z.number().int().min(1).max(9).default(5), unit: z.string().default('row') }),
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
    'probe.span': {
      description: 'Takes `ms`, and answers from when to when by its own clock, and what it was for',
      input: z.object({ ms: z.number(), key: z.string() }),
      output: z.object({ key: z.string(), from: z.number(), to: z.number() }),
    },
    'probe.parameters': { description: 'Answers its parameters', input: anything, output: anything },
    'probe.gather': { description: 'Answers what it depends on', input: anything, output: anything },
    'probe.decompose': {
      description: 'Adds `tasks` to its run',
      input: z.object({ tasks: z.array(anything) }),
      output: z.number(),
    },
  },
});
