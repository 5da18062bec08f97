import { DataError, MusterError, RecoverableError } from '../../../lambdas/contracts/errors.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import type { AgentContext } from '../../../lambdas/runtime/agent.ts';
import { PutBack } from '../../../lambdas/runtime/budgets/guard.ts';
import type { Operation } from './program.ts';

/** The world outside, as a handler touches it. */
export interface Outside {
  /** Does something that counts. @returns how often it was done by then */
  effect(name: string): Promise<number>;
  /** The handler was told this of that operation. */
  told(name: string, what: Json): void;
}

const LARGE = 'x'.repeat(2_000);

/** Does what a program says, and answers all that it was told on the way. */
export async function playProgram(program: readonly Operation[], ctx: AgentContext, outside: Outside): Promise<Json> {
  const results: Json[] = [];
  for (const operation of program) results.push(await playOne(operation, ctx, outside));
  return results;
}

async function playOne(operation: Operation, ctx: AgentContext, outside: Outside): Promise<Json> {
  if (operation.do === 'all') return Promise.all(operation.chains.map((chain) => playProgram(chain, ctx, outside)));
  const what = await perform(operation, ctx, outside).catch((error: unknown) => {
    if (error instanceof MusterError) return `failed: ${error.code} ${error.message}`;
    throw error;
  });
  outside.told(operation.name, what);
  return what;
}

async function perform(
  operation: Exclude<Operation, { do: 'all' }>,
  ctx: AgentContext,
  outside: Outside,
): Promise<Json> {
  const { name } = operation;
  switch (operation.do) {
    case 'step': {
      const { pause, isLarge, fails, busy, inside } = operation;
      for (let left = pause; left > 0; left -= 1) await null;
      return ctx.step(name, async () => {
        const within = await playProgram(inside, ctx, outside);
        const times = await outside.effect(name);
        if (times <= busy.times) {
          if (busy.by === 'failing') throw new RecoverableError('busy', name);
          throw new PutBack(name, 5);
        }
        if (fails) throw new DataError('gone', `${name} at its ${times}. time`);
        return [name, times, within, isLarge ? LARGE : ''];
      });
    }
    case 'pay':
      return ctx.tool('pay', { name });
    case 'delegate': {
      const tasks = Array.from({ length: operation.tasks }, (_, index) => ({ id: `${name}-${index}`, type: 'other' }));
      const done = await ctx.delegate(tasks);
      return Object.values(done).map((one) => ('result' in one ? one.result : one.error.message));
    }
    case 'wait':
      switch (operation.kind) {
        case 'sleep':
          return ctx.wait({ seconds: 5 });
        case 'event':
          return ctx.wait({ event: name });
        case 'call':
          return ctx.call(name, { for: name });
        case 'ask':
          return (await ctx.ask({ question: name })).decision;
      }
  }
}
