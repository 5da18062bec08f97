import type { HistoryPlan } from '../plan-history.ts';
import { planOfSeed } from '../plan-of-seed.ts';
import type { Mutant } from './mutant.ts';

/** A history in which the bug may show: under its faults at their full strength. */
export function planFor({ faults, mood, flows, commands, delegates }: Mutant, seed: number): HistoryPlan {
  const choice = {
    faults,
    ...(mood && { mood }),
    ...(flows && { flows }),
    ...(commands && { commands }),
    ...(delegates && { delegates }),
  };
  return { ...planOfSeed(seed, choice), strength: 1 };
}
