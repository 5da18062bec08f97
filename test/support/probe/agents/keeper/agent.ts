import { defineAgent } from '../../../../../lambdas/runtime/agent.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'probe.remember': async ({ pool, entries }, { memory }) => ({ ids: await memory.rememberAll(entries, { pool }) }),
});
