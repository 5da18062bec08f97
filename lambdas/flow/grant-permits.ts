import { fairChoice } from './fair-choice.ts';
import { takePermit } from './gcra.ts';
import { capacityOf, heldIn } from './state.ts';
import { type FlowTurn, MOST_RUNS_PER_TURN } from './turn.ts';

/** Gives permits to those who wait, fairly, as many as the limit allows. True when there are more than fit into a turn. */
export function grantPermits({ draft, gate: { rule }, now, emit }: FlowTurn): boolean {
  const capacity = capacityOf(rule);
  let free = capacity === undefined ? Number.POSITIVE_INFINITY : capacity - heldIn(draft);
  if (free <= 0) return false;
  let { tat } = draft;
  const choice = fairChoice(draft, now);
  const grants = new Map<string, number>();
  let full = false;
  for (let head = choice.next(); head && free > 0; head = choice.next()) {
    if (rule.kind === 'rate') {
      const next = takePermit(rule, tat, head.waitsFrom, now);
      if (next === undefined) break;
      tat = next;
    }
    full = grants.size === MOST_RUNS_PER_TURN && !grants.has(head.run);
    if (full) break;
    grants.set(head.run, (grants.get(head.run) ?? 0) + 1);
    choice.serve();
    free -= 1;
  }
  if (grants.size > 0) {
    emit({ type: 'permits_granted', grants: [...grants], ...(rule.kind === 'rate' && { tat }), ...choice.turns() });
  }
  return full;
}
