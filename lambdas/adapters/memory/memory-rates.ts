import { type RateState, type Rates, takenAt, waitFor } from '../../runtime/budgets/rate.ts';
import type { MemoryTable } from './memory-table.ts';

/** Rates in memory. */
export function memoryRates(table: MemoryTable): Rates {
  const states = new Map<string, RateState>();
  return {
    take: async ({ tenant, model }, costs, now) => {
      const key = `${tenant}#${model}`;
      const state = states.get(key) ?? {};
      table.billWrite({});
      const wait = waitFor(state, costs);
      if (wait === 0) states.set(key, takenAt(state, costs, now));
      return wait;
    },
  };
}
