import { defineAgent } from '../../../../runtime/agent.ts';
import { analyze } from '../../analysis/analyze.ts';
import { madeBy } from '../../work/made-by.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'data.analyze': async (input, ctx) => ({ ...(await analyze(input, ctx)), ...madeBy(manifest, ctx) }),
});
