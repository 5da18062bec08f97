import { createBucket } from '../budgets/bucket.ts';
import type { Bucket } from '../budgets/guard.ts';
import { type RateState, takenAt, waitFor } from '../budgets/rate.ts';
import type { Clock } from '../ports.ts';
import type { Tool } from '../tool.ts';

/** What a tool is called where models are counted too. */
export const nameInBudgets = (tool: string): string => `tool:${tool}`;

/** The rates of tools, as a bucket wants them. */
export function rateOfTools(tools: readonly Tool[]) {
  const rates = new Map(tools.map(({ name, rate }) => [nameInBudgets(name), rate]));
  return (name: string) => ({ requestsPerMinute: rates.get(name)?.perMinute });
}

/** Rates of one container. */
export function containerBucket(tools: readonly Tool[], clock: Clock): Bucket {
  const states = new Map<string, RateState>();
  const rates = {
    take: async (
      { tenant, model }: { tenant: string; model: string },
      costs: Parameters<typeof waitFor>[1],
      now: number,
    ) => {
      const key = `${tenant} ${model}`;
      const state = states.get(key) ?? {};
      const wait = waitFor(state, costs);
      if (wait === 0) states.set(key, takenAt(state, costs, now));
      return wait;
    },
  };
  return createBucket(rates, rateOfTools(tools), clock);
}
