import * as z from 'zod';
import { defineAgent } from '../../../../../lambdas/runtime/agent.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'probe.call': async ({ url, audience, method, body }, ctx) => {
    const answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${await ctx.token(audience)}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: ctx.signal,
    });
    return { status: answer.status, body: z.json().parse(await answer.json()) };
  },
});
