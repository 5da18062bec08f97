import type { PoolState } from './pool-state.ts';

/** By so much of the difference. */
const LIFT = 0.5;

/**
 * What supports or contradicts an entry that fits the question is worth seeing beside it, whatever its own words are.
 * @param scores by number; those that are lifted are changed
 */
export function liftLinked(state: PoolState, scores: Float64Array): void {
  const lifts = new Map<number, number>();
  const lift = (entry: number, beside: number): void => {
    const more = LIFT * ((scores[beside] ?? 0) - (scores[entry] ?? 0));
    if (more > (lifts.get(entry) ?? 0)) lifts.set(entry, more);
  };
  for (let number = 0; number < scores.length; number++)
    for (const { kind, to } of state.entryAt(number)?.entry.links ?? []) {
      const other = kind === 'supersedes' ? undefined : state.numberOf(to);
      if (other === undefined) continue;
      lift(number, other);
      lift(other, number);
    }
  for (const [entry, more] of lifts) scores[entry] = (scores[entry] ?? 0) + more;
}
