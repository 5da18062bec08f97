import { defineAgent } from '../../../../runtime/agent.ts';
import { readPage } from '../../research/read-page.ts';
import { research } from '../../research/research.ts';
import { madeBy } from '../../work/made-by.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'web.read': ({ url }, ctx) => readPage(url, ctx),
  'web.research': async (input, ctx) => ({ ...(await research(input, ctx)), ...madeBy(manifest, ctx) }),
});
