import { createHash } from 'node:crypto';
import type { MemoryOutcomes } from '../../contracts/memory.ts';
import type { Remembered, Tallied } from './remembered.ts';

/** Outcomes whose run is still known; older ones stay in the figures. */
const MOST_TALLIED = 500;

/** Counts how it went, once for each key. @returns undefined when that was counted before */
export function tallied(
  remembered: Remembered,
  outcome: { readonly key: string; readonly run: string; readonly success: boolean },
  at: number,
): Remembered | undefined {
  const key = createHash('sha256').update(outcome.key).digest('hex').slice(0, 16);
  const tally = remembered.tally ?? [];
  if (tally.some((known) => known.key === key)) return undefined;
  const { run, success } = outcome;
  const { successes, failures } = remembered.entry.outcomes ?? NONE;
  const outcomes: MemoryOutcomes = {
    successes: successes + (success ? 1 : 0),
    failures: failures + (success ? 0 : 1),
    last_at: at,
  };
  return {
    ...remembered,
    entry: { ...remembered.entry, outcomes },
    tally: [...tally, { key, run, success }].slice(-MOST_TALLIED),
  };
}

/** What this run has told of it counts no more. */
export function withoutOutcomesOf(remembered: Remembered, run: string): Remembered {
  const { tally = [], entry } = remembered;
  const gone = tally.filter((told) => told.run === run);
  if (gone.length === 0 || !entry.outcomes) return remembered;
  const count = (success: boolean): number => gone.filter((told: Tallied) => told.success === success).length;
  const { successes, failures } = entry.outcomes;
  return {
    ...remembered,
    tally: tally.filter((told) => told.run !== run),
    entry: {
      ...entry,
      outcomes: { ...entry.outcomes, successes: successes - count(true), failures: failures - count(false) },
    },
  };
}

const NONE: MemoryOutcomes = { successes: 0, failures: 0 };
