import * as z from 'zod';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';

export const manifest = defineManifest({
  name: 'probe-smith',
  description: 'Buys things with tools',
  errorImpact: 'The end-to-end tests of tools notice.',
  timeoutSeconds: 30,
  uses: { tools: ['shop__offer', 'charge'], permissions: ['payments'] },
  reaches: { hosts: ['127.0.0.1:11539'] },
  capabilities: {
    'probe.buy': {
      description:
        'Asks the shop for an offer and pays `pays`, or the account of the offer; told to, it crashes while it pays',
      input: z.object({ article: z.string(), pays: z.string().optional(), crash: z.boolean().default(false) }),
      output: z.object({ price: z.number(), receipt: z.string(), attempt: z.number().int() }),
    },
    'probe.reach': {
      description: 'Pays where `url` is, whatever that may be',
      input: z.object({ url: z.string() }),
      output: z.object({ receipt: z.string() }),
    },
  },
});
