import { defineAgent } from '../../../../runtime/agent.ts';
import { classify } from '../../work/classify.ts';
import { extract } from '../../work/extract.ts';
import { madeBy } from '../../work/made-by.ts';
import { review } from '../../work/review.ts';
import { summarize } from '../../work/summarize.ts';
import { manifest } from './manifest.ts';

const STATISTICS = { way: 'statistics' } as const;

export const agent = defineAgent(manifest, {
  'text.summarize': async (input, ctx) => ({
    ...(await summarize({ ...input, ...STATISTICS }, ctx)),
    ...madeBy(manifest, ctx, input.document),
  }),
  'text.classify': async (input, ctx) => ({
    ...(await classify({ ...input, ...STATISTICS }, ctx)),
    ...madeBy(manifest, ctx, input.document),
  }),
  'text.extract': async (input, ctx) => ({
    ...(await extract({ ...input, ...STATISTICS }, ctx)),
    ...madeBy(manifest, ctx, input.document),
  }),
  'text.review': async (input, ctx) => ({
    ...(await review({ ...input, ...STATISTICS }, ctx)),
    ...madeBy(manifest, ctx),
  }),
});
