import { setTimeout as sleep } from 'node:timers/promises';
import { defineAgent } from '../../../../../lambdas/runtime/agent.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'probe.spend': async ({ calls, pauseMs }, ctx) => {
    const models: string[] = [];
    for (let call = 0; call < calls; call++) {
      const prompt = `${ctx.runId} ${ctx.taskId} call ${call}`;
      const { model } = await ctx.model('probe-dear').generate({ prompt, maxOutputTokens: 100 });
      models.push(model);
      if (pauseMs > 0) await sleep(pauseMs);
    }
    return { models, attempt: ctx.attempt };
  },
});
