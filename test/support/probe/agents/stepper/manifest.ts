import * as z from 'zod';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';

export const manifest = defineManifest({
  name: 'probe-stepper',
  description: 'Goes step by step, and waits, asks and has others work on the way.',
  errorImpact: 'Only end-to-end tests use this agent; nobody else notices.',
  timeoutSeconds: 30,
  retry: { intervalSeconds: 0.2 },
  uses: { steps: true },
  channels: { publishes: ['channel.probe.step'] },
  capabilities: {
    'probe.steps': {
      description: 'Does `steps` steps of `ms` each, tells of each on a channel, and answers who did them',
      input: z.object({ steps: z.number().int(), ms: z.number() }),
      output: z.array(z.object({ step: z.number(), attempt: z.number(), container: z.string() })),
    },
    'probe.waits': {
      description: 'A step, a time, an event, a question, a call and three tasks, one after the other',
      input: z.object({ event: z.string() }),
      output: z.json(),
    },
    'probe.changes': {
      description: 'Does another step each time that it runs, and fails after it',
      input: z.json(),
      output: z.json(),
    },
  },
});
