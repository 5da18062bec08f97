import { defineAgent } from '../../../../runtime/agent.ts';
import { extract } from '../../work/extract.ts';
import { madeBy } from '../../work/made-by.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'text.extract': async (input, ctx) => ({ ...(await extract(input, ctx)), ...madeBy(manifest, ctx, input.document) }),
});
