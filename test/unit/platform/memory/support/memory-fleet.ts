import type { JsonObject } from '../../../../../lambdas/contracts/json.ts';
import type { MemoryAccess } from '../../../../../lambdas/contracts/memory.ts';
import type { AgentContext } from '../../../../../lambdas/runtime/agent.ts';
import type { Embedder } from '../../../../../lambdas/runtime/memory/embedder.ts';
import { type PassHolder, passFor } from '../../../../../lambdas/runtime/memory/memory-pass.ts';
import type { Memory } from '../../../../../lambdas/runtime/memory.ts';
import { fakeAgent } from '../../../../../lambdas/testing/fake-agent.ts';
import { createTestFleet, type TestFleet } from '../../../../../lambdas/testing/test-fleet.ts';
import { workflow } from '../../../../support/factories.ts';

type Pools = Readonly<Record<string, MemoryAccess>>;
type Work<T> = (memory: Memory, ctx: AgentContext) => Promise<T>;

export interface MemoryFleet {
  readonly fleet: TestFleet;
  /** Runs `work` in a task of this agent, in a run of its own. @throws what the run failed with */
  as<T>(agent: string, work: Work<T>, tenant?: string): Promise<{ answer: T; runId: string }>;
  /** Asks the memory Lambda as a person. @throws Error with the code of a refusal */
  ask(operation: JsonObject, tenant?: string): Promise<unknown>;
  /** A request with a pass as the coordinator gives it to this agent for this task. */
  request(holder: PassHolder, operation: JsonObject, tenant?: string): Promise<JsonObject>;
}

/** Agents that do with their memory what a test says. @param agents name → the pools that its manifest names */
export async function memoryFleet(
  agents: Readonly<Record<string, Pools>>,
  options: { embedder?: Embedder; steps?: boolean } = {},
): Promise<MemoryFleet> {
  let next: { work: Work<unknown>; answer?: unknown } | undefined;
  const fleet = await createTestFleet({
    ...(options.embedder && { embedder: options.embedder }),
    ...{ sweepEveryMs: 0, measureEveryMs: 0 },
    agents: Object.entries(agents).map(([name, memory]) =>
      fakeAgent(
        name,
        {
          [`${name}.work`]: async (_, ctx) => {
            if (next) next.answer = await next.work(ctx.memory, ctx);
          },
        },
        { uses: { memory: { ...memory }, steps: options.steps ?? false } },
      ),
    ),
    workflows: Object.keys(agents).map((name) => workflow([{ id: 'a', type: `${name}.work` }], { name })),
  });
  return {
    fleet,
    async as<T>(agent: string, work: Work<T>, tenant = 'default') {
      const mine: { work: Work<unknown>; answer?: unknown } = { work };
      next = mine;
      const run = await fleet.run(agent, {}, { tenant });
      if (run.status !== 'completed') throw new Error(`${run.error?.code}: ${run.error?.message}`);
      return { answer: mine.answer as T, runId: run.runId };
    },
    async request(holder, operation, tenant = 'default') {
      const key = await fleet.platform.world.memoryPassKey.make();
      const pass = passFor(holder, tenant, fleet.platform.clock.now() + 60_000, key);
      return { run_id: holder.runId, task_id: holder.taskId, pass, operation };
    },
    async ask(operation, tenant = 'default') {
      const reply = await fleet.platform.memory.call('people', { tenant, operation });
      if ('error' in reply) throw new Error(reply.error.code);
      return reply.answer;
    },
  };
}
