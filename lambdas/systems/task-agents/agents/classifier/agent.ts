import { defineAgent } from '../../../../runtime/agent.ts';
import { classify } from '../../work/classify.ts';
import { madeBy } from '../../work/made-by.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'text.classify': async (input, ctx) => ({
    ...(await classify(input, ctx)),
    ...madeBy(manifest, ctx, input.document),
  }),
});
