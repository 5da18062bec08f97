import { memoryStepLedger } from '../../../lambdas/adapters/memory/memory-step-ledger.ts';
import { memoryTable } from '../../../lambdas/adapters/memory/memory-table.ts';
import { createMeter } from '../../../lambdas/adapters/memory/meter.ts';
import { countingIds, virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { modelProviders } from '../../../lambdas/adapters/models/model-providers.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import { Models } from '../../../lambdas/contracts/model-settings.ts';
import type { Taint } from '../../../lambdas/runtime/abilities.ts';
import type { AgentContext } from '../../../lambdas/runtime/agent.ts';
import type { PlannedCall, Reserved, Spending } from '../../../lambdas/runtime/budgets/guard.ts';
import { durableSteps } from '../../../lambdas/runtime/durable/steps.ts';
import type { ModelPorts } from '../../../lambdas/runtime/models/endpoint.ts';
import { createModels } from '../../../lambdas/runtime/models/models.ts';
import type { Clock } from '../../../lambdas/runtime/ports.ts';
import { NOW } from '../factories.ts';
import { workAgent } from '../no-op-agent.ts';
import { stepsPlayer } from '../steps-player.ts';

/** A dollar for a million tokens in, ten for as many out. */
export const PRICED = { inputPerMillion: 1, outputPerMillion: 10 };

/** Settings of a model at an endpoint on this machine. */
export const at = (baseUrl: string, more: Record<string, unknown> = {}) => ({
  provider: 'openai-compatible',
  id: 'scripted',
  baseUrl,
  price: PRICED,
  ...more,
});

/** What was reserved, settled and released. */
export type Entry =
  | { readonly reserved: PlannedCall }
  | { readonly settled: Parameters<Reserved['settle']>[0] }
  | { readonly released: true };

/** Budgets that only take notes. */
export function notedSpending(notes: Entry[], before: (call: PlannedCall) => void = () => {}): Spending {
  return {
    check: async () => {},
    reserve: async (call) => {
      before(call);
      notes.push({ reserved: call });
      return {
        settle: async (settled) => void notes.push({ settled }),
        release: async () => void notes.push({ released: true }),
      };
    },
  };
}

/**
 * Waits of up to two seconds are over at once; longer ones, such as limits of time, are over when the test says so.
 * Calls over the network take place in between.
 */
export function hastyClock() {
  const clock = virtualClock(NOW);
  const hasty: Clock = {
    now: clock.now,
    after(ms, callback) {
      if (ms > 2_000) return clock.after(ms, callback);
      const timer = setImmediate(callback);
      return () => clearImmediate(timer);
    },
  };
  return {
    ...hasty,
    pass(ms: number): void {
      clock.advance(ms);
      clock.fireDue();
    },
  };
}

const noTools = (): never => {
  throw new Error('this agent has no tools');
};

/** An agent that uses models, with a real ledger in memory, and whoever delivers its task. */
export function modelPlayer(
  models: Record<string, unknown>,
  handle: (ctx: AgentContext) => Promise<Json>,
  overrides: Partial<ModelPorts> & { spending?: Spending; taint?: Taint } = {},
  { worksWithoutModels = false, ...manifest }: { timeoutSeconds?: number; worksWithoutModels?: boolean } = {},
) {
  const clock = hastyClock();
  const configured = Models.parse(models);
  const settings = { region: 'us-east-1' };
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const ports: ModelPorts = {
    ...{ clock, ids: countingIds(), logger, random: () => 0, models: configured },
    provider: modelProviders(settings, { get: async (name) => `key of ${name}` }),
    ...overrides,
  };
  const { spending, taint } = overrides;
  const abilities = {
    steps: durableSteps({ ledger: memoryStepLedger(memoryTable(createMeter())) }),
    models: createModels(ports),
    ...(spending && { budgets: () => spending }),
    ...(taint && { tools: { taint: () => taint, open: noTools } }),
  };
  const agent = workAgent((_, ctx) => handle(ctx), {
    ...manifest,
    uses: { models: Object.keys(configured), worksWithoutModels },
  });
  return { ...stepsPlayer(agent, { abilities, clock }), clock };
}
