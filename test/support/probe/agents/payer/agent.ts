import { defineAgent } from '../../../../../lambdas/runtime/agent.ts';
import { follower } from '../../shared-work/follow-orders.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'probe.pay': async ({ amount, crash }, ctx) => {
    const isToCrash = ctx.attempt === 1 ? crash : undefined;
    if (isToCrash === 'before') process.exit(1);
    await ctx.publish('channel.probe.payment', { run_id: ctx.runId, task_id: ctx.taskId, amount });
    if (isToCrash === 'after') process.exit(1);
    return { paid: amount, attempt: ctx.attempt };
  },
  'probe.contract': follower(manifest.name),
});
