import { defineAgent } from '../../../../runtime/agent.ts';
import { madeBy } from '../../work/made-by.ts';
import { summarize } from '../../work/summarize.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'text.summarize': async (input, ctx) => ({
    ...(await summarize(input, ctx)),
    ...madeBy(manifest, ctx, input.document),
  }),
});
