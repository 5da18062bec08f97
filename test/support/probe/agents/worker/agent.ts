import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { NonRecoverableError, RecoverableError } from '../../../../../lambdas/contracts/errors.ts';
import { TaskDefinition } from '../../../../../lambdas/contracts/workflow-definition.ts';
import { defineAgent } from '../../../../../lambdas/runtime/agent.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'probe.noop': () => null,
  'probe.echo': (input) => input,
  'probe.flaky': ({ failures }, ctx) => {
    if (ctx.attempt <= failures) throw new RecoverableError('flaky', `attempt ${ctx.attempt} fails`);
    return ctx.attempt;
  },
  'probe.broken': () => {
    throw new NonRecoverableError('broken', 'this never works');
  },
  'probe.slow': async ({ ms }, ctx) => {
    await sleep(ms, undefined, { signal: ctx.signal });
    return ms;
  },
  'probe.span': async ({ ms, key }, ctx) => {
    const from = Date.now();
    await sleep(ms, undefined, { signal: ctx.signal });
    return { key, from, to: Date.now() };
  },
  'probe.parameters': (_, { parameters }) => ({ ...parameters }),
  'probe.gather': async (_, ctx) => ({ ...(await ctx.upstream()) }),
  'probe.decompose': ({ tasks }, ctx) => {
    ctx.addTasks(z.array(TaskDefinition).parse(tasks));
    return tasks.length;
  },
});
