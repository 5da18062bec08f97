import type { HistoryPlan } from '../plan-history.ts';
import { planOfSeed } from '../plan-of-seed.ts';
import type { Mutant } from './mutants.ts';

/** A history in which the bug may show: under its faults at their full strength. */
export function planFor({ faults, mood }: Mutant, seed: number): HistoryPlan {
  return { ...planOfSeed(seed, { faults, ...(mood && { mood }) }), strength: 1 };
}
