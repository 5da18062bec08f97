import type { Effect } from '../../workflow/effects.ts';
import type { RunState } from '../../workflow/state.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';

/** A run that counts as one of its tenant's open ones is taken off when it ends, and put back when it goes on. */
export async function countOpen(
  { runId, request: { tenant, counted } }: RunState,
  effects: readonly Effect[],
  { openRuns }: Pick<CoordinatorPorts, 'openRuns'>,
): Promise<void> {
  if (!counted) return;
  for (const effect of effects) {
    if (effect.type === 'mark_reopened') await openRuns.enter(tenant, runId, effect.at);
    if (effect.type === 'mark_ended') await openRuns.leave(tenant, runId);
  }
}
