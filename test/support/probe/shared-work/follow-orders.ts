import { setTimeout as sleep } from 'node:timers/promises';
import { MusterError } from '../../../../lambdas/contracts/errors.ts';
import type { AgentContext } from '../../../../lambdas/runtime/agent.ts';
import type { Answer, Orders } from './orders.ts';

/** What `probe.shared` and the like do at this agent. */
export function follower(agent: string) {
  return async ({ fail, crash, work, say = null }: Orders, ctx: AgentContext): Promise<Answer> => {
    const isMeant = (whom: { attempts?: number | undefined; agent?: string | undefined }): boolean =>
      ctx.attempt <= (whom.attempts ?? ctx.attempt) && agent === (whom.agent ?? agent);
    if (crash && isMeant(crash)) {
      // Its message comes back after a minute then, and not after six times the agent's timeout.
      await ctx.heartbeat();
      process.exit(1);
    }
    if (work && isMeant(work)) {
      ctx.progress(0, `process ${process.pid}`);
      await sleep(work.ms, undefined, { signal: ctx.signal });
    }
    if (fail && isMeant(fail)) {
      const message = `${agent} was told to fail attempt ${ctx.attempt}`;
      throw new MusterError({ code: fail.code, class: fail.class, message });
    }
    return { agent, attempt: ctx.attempt, say, saw: { ...(await ctx.upstream()) } };
  };
}
