import type { Budget } from '../../contracts/budget.ts';
import { accountKey } from '../../runtime/budgets/account-key.ts';
import { bounded, type Limits, limits, limitsOf } from '../../runtime/budgets/amounts.ts';
import type { Effect } from '../../workflow/effects.ts';
import type { RunState } from '../../workflow/state.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';

/**
 * Gives accounts the limits that a person has set by another definition, before anything is handed out under it: raised or
 * lowered by the difference, so that what was spent counts on. A bound that is new begins with the first call it counts.
 */
export async function changeBudgets(
  { request }: RunState,
  effects: readonly Effect[],
  { accounts, clock }: Pick<CoordinatorPorts, 'accounts' | 'clock'>,
): Promise<void> {
  await Promise.all(
    effects.map(async (effect) => {
      if (effect.type !== 'change_budget') return;
      const { id, was, now } = effect.change;
      const { from, by } = differenceOf(was, now);
      const raise = { id: `edit ${effect.id}`, by, at: clock.now(), reopens: true } as const;
      await accounts.raise(accountKey(request.tenant, { id }), from, raise);
    }),
  );
}

/** Of what both bound. */
function differenceOf(was: Budget, now: Budget): { readonly from: Limits; readonly by: Limits } {
  const [before, after] = [limitsOf(was), limitsOf(now)];
  const units = bounded(before).filter((unit) => after[unit] !== undefined);
  return {
    from: limits(units, (unit) => before[unit] ?? 0),
    by: limits(units, (unit) => (after[unit] ?? 0) - (before[unit] ?? 0)),
  };
}
