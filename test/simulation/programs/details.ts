import type { Random } from '../random.ts';
import { constant, countedItems, type Expr, isOdd, nothing, notTruth } from './expressions.ts';
import { GENEROUS, type KindPlan, type Mood, type TaskPlan, type Work } from './plan.ts';

/** What a forEach is over. */
export function itemsOf(random: Random, parents: readonly string[], mood: Mood): NonNullable<TaskPlan['each']> {
  const items =
    random.weighted({ listed: 3, counted: 3 }) === 'listed'
      ? Array.from({ length: random.int(5) }, (_, n) => n * 3)
      : countedItems('n');
  return {
    items: parents.length === 0 && random.chance(0.05) ? [] : items,
    ...(random.chance(0.5) && { limit: random.between(1, 2) }),
    ...(mood === 'grim' && random.chance(0.5) && { tolerate: random.between(1, 4) }),
  };
}

/** When a task is done at all. */
export function conditionOf(random: Random, parents: readonly string[], mood: Mood): Expr {
  if (mood === 'grim' && random.chance(0.03)) return random.chance(0.5) ? notTruth() : nothing();
  const [parent] = parents;
  return parent === undefined ? constant(random.chance(0.7)) : isOdd(parent, random.chance(0.5));
}

/** What stands in for a task. */
export function fallbackOf(random: Random, mood: Mood): NonNullable<TaskPlan['fallback']> {
  if (random.chance(0.5)) return { value: { v: random.int(1_000) } };
  return {
    work:
      mood === 'grim' && random.chance(0.2)
        ? { does: 'fail', times: Number.POSITIVE_INFINITY, with: 'non_recoverable' }
        : { does: 'succeed' },
  };
}

export const classOf = (work: Work): string => (work.behaviour.does === 'fail' ? work.behaviour.with : '');

/** True when the task itself will certainly fail, however often it is tried. */
export function isDoomed(plan: KindPlan): boolean {
  if (plan.kind === 'waitFor') return plan.wait.at === undefined;
  if (plan.kind === 'ask') return plan.ask.timeoutSeconds !== undefined;
  if (plan.kind !== 'type') return false;
  const { behaviour } = plan.work;
  return 'times' in behaviour && behaviour.times > GENEROUS;
}
