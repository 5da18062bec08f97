import * as z from 'zod';
import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';
import { shared } from '../../shared-work/orders.ts';
import { PEER } from '../../shared-work/peer-settings.ts';

export const manifest = defineManifest({
  ...PEER,
  name: 'probe-payer',
  version: '2.0.0',
  description: 'Has effects outside: each payment is a message on a channel, so that a second one would show.',
  effects: 'outside',
  channels: { publishes: ['channel.probe.payment'] },
  capabilities: {
    'probe.pay': {
      description: 'Pays `amount`; told to, it crashes after it has paid or before',
      input: z.object({ amount: z.number(), crash: z.enum(['before', 'after']).optional() }),
      output: z.object({ paid: z.number(), attempt: z.number().int() }),
    },
    'probe.contract': shared,
  },
});
