import * as z from 'zod';
import { defineAgent } from '../../../../../lambdas/runtime/agent.ts';
import { charge } from './charge.ts';
import { manifest } from './manifest.ts';

const Offer = z.object({ price: z.number(), account: z.string() });

export const agent = defineAgent(manifest, {
  'probe.buy': async ({ article, pays, crash }, ctx) => {
    const { price, account } = Offer.parse(await ctx.tool('shop__offer', { article }));
    const { receipt } = await ctx.tool(charge, { account: pays ?? account, amount: 5, crash });
    return { price, receipt, attempt: ctx.attempt };
  },
  'probe.reach': ({ url }, ctx) => ctx.tool(charge, { account: 'own', amount: 1, url }),
});
