import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecoverableError } from '../../../../../lambdas/contracts/errors.ts';
import { defineAgent } from '../../../../../lambdas/runtime/agent.ts';
import { manifest } from './manifest.ts';

/** Another one in each process. */
const container = randomUUID();

export const agent = defineAgent(manifest, {
  'probe.steps': async ({ steps, ms }, ctx) => {
    const done = [];
    for (let step = 1; step <= steps; step += 1) {
      done.push(
        await ctx.step(`step ${step}`, async () => {
          await sleep(ms, undefined, { signal: ctx.signal });
          await ctx.publish('channel.probe.step', { run_id: ctx.runId, step, container });
          return { step, attempt: ctx.attempt, container };
        }),
      );
    }
    return done;
  },
  'probe.waits': async ({ event }, ctx) => {
    const first = await ctx.step('first', () => ctx.attempt);
    await ctx.wait({ seconds: 1 });
    const heard = await ctx.wait({ event });
    const { decision, decided_by } = await ctx.ask({ question: 'Go on?' });
    const called = await ctx.call('probe.echo', { decision });
    const done = await ctx.delegate([
      { id: 'left', type: 'probe.echo', input: 1 },
      { id: 'right', type: 'probe.echo', input: '{% $results.left + 1 %}', dependsOn: ['left'] },
      { id: 'wrong', type: 'probe.broken' },
    ]);
    const [left, right, wrong] = [done.left, done.right, done.wrong].map((one) =>
      one && 'result' in one ? one.result : (one?.error.message ?? null),
    );
    return {
      first,
      heard,
      decision,
      decided_by,
      called,
      left: left ?? null,
      right: right ?? null,
      wrong: wrong ?? null,
    };
  },
  'probe.changes': async (_, ctx) => {
    await ctx.step(`attempt ${ctx.attempt}`, () => null);
    throw new RecoverableError('again', 'tried again on purpose');
  },
});
