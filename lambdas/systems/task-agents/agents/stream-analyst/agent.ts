import { defineAgent } from '../../../../runtime/agent.ts';
import { type BetweenChunks, streamingAnalysis } from '../../live/streaming-analysis.ts';
import { madeBy } from '../../work/made-by.ts';
import { manifest } from './manifest.ts';

/** @param between what happens between two chunks; default: others get their turn */
export const streamAnalyst = (between?: BetweenChunks) =>
  defineAgent(manifest, {
    streaming_analysis: async (input, ctx) => ({
      ...(await streamingAnalysis(input, ctx, between)),
      ...madeBy(manifest, ctx, typeof input === 'object' && 'document' in input ? input.document : undefined),
    }),
  });
