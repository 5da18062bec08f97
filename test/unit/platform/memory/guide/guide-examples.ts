import * as z from 'zod';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';
import { defineAgent } from '../../../../../lambdas/runtime/agent.ts';

/* The TypeScript of docs/guides/memory.md, word for word: here the compiler sees it, and guide.test.ts runs it. */

export const manifest = defineManifest({
  name: 'concierge',
  description: 'Looks after guests',
  errorImpact: 'Guests are not greeted by what we know of them.',
  uses: { memory: { own: 'read-write', guests: 'read-write' } },
  capabilities: {
    'guests.greet': {
      description: 'Greets a guest by what is known of them',
      input: z.object({ guest: z.string(), said: z.string() }),
      output: z.object({ knows: z.array(z.string()) }),
    },
  },
});

export const agent = defineAgent(manifest, {
  'guests.greet': async ({ guest, said }, { memory }) => {
    const { entries } = await memory.recall({ text: `What does ${guest} like?`, pools: ['guests'], limit: 5 });
    await memory.remember({ text: said, speaker: guest, subject: guest, kind: 'episodic' }, { pool: 'guests' });
    return { knows: entries.map(({ text }) => text) };
  },
});
