import type { Json } from '../../../lambdas/contracts/json.ts';
import type { AgentContext } from '../../../lambdas/runtime/agent.ts';
import { taskDefinition } from '../programs/compile.ts';
import type { OwnPlan, Program, Work } from '../programs/plan.ts';
import { IN_VAIN } from '../programs/work-result.ts';

/** Waits for what a task's rounds say, one round after another, and answers what became of each. */
export async function answersTo(program: Program, { rounds = [] }: Work, ctx: AgentContext): Promise<Json[]> {
  const answers: Json[] = [];
  for (const round of rounds) answers.push(...(await Promise.all(round.map((own) => answerTo(program, own, ctx)))));
  return answers;
}

async function answerTo(program: Program, own: OwnPlan, ctx: AgentContext): Promise<Json> {
  try {
    return await ask(program, own, ctx);
  } catch {
    return IN_VAIN;
  }
}

async function ask(program: Program, { does, tasks }: OwnPlan, ctx: AgentContext): Promise<Json> {
  const definitions = tasks.map((task) => taskDefinition(program, task));
  if (does === 'delegate') {
    const all = await ctx.delegate(definitions);
    return Object.fromEntries(Object.entries(all).map(([id, one]) => [id, 'error' in one ? IN_VAIN : one.result]));
  }
  const [definition] = definitions;
  if (!definition) throw new Error('nothing is planned to wait for');
  const { id: _id, type, input = null, dependsOn: _on, ask: question, sleep, waitFor, ...options } = definition;
  const { timeoutSeconds } = options;
  const limit = timeoutSeconds === undefined ? {} : { timeoutSeconds };
  if (type !== undefined) return ctx.call(type, input, options);
  if (question) return { ...(await ctx.ask(question, limit)) };
  if (waitFor) {
    const { event, key } = waitFor;
    return ctx.wait({ event, ...(key !== undefined && { key }), ...limit });
  }
  if (sleep?.until !== undefined) return ctx.wait({ until: new Date(sleep.until) });
  return ctx.wait({ seconds: sleep?.seconds ?? 0 });
}
