import { defineAgent } from '../../../../runtime/agent.ts';
import { madeBy } from '../../work/made-by.ts';
import { review } from '../../work/review.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'text.review': async (input, ctx) => ({ ...(await review(input, ctx)), ...madeBy(manifest, ctx) }),
});
