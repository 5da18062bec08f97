import * as z from 'zod';
import { defineManifest } from '../../../../lambdas/contracts/manifest.ts';
import { defineAgent } from '../../../../lambdas/runtime/agent.ts';

/* The agent of README.md, word for word: here the compiler sees it, and readme.test.ts runs it. */

export const manifest = defineManifest({
  name: 'greeter',
  description: 'Greets people by name.',
  errorImpact: 'People who were promised a greeting do not get one.',
  capabilities: {
    'greet.person': {
      description: 'A greeting',
      input: z.object({ name: z.string() }),
      output: z.object({ text: z.string() }),
    },
  },
});

export const agent = defineAgent(manifest, {
  'greet.person': ({ name }) => ({ text: `Hello, ${name}` }),
});
