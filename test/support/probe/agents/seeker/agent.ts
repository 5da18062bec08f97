import { defineAgent } from '../../../../../lambdas/runtime/agent.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'probe.recall': async (query, { memory }) => {
    const { entries, degraded } = await memory.recall(query);
    return { texts: entries.map(({ text }) => text), degraded: degraded !== undefined };
  },
  'probe.meddle': async ({ pool }, { memory }) => {
    await memory.remember({ text: 'this must not be kept' }, { pool });
    return null;
  },
});
