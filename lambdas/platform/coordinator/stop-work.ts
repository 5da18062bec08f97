import type { Effect } from '../../workflow/effects.ts';
import { stopOf } from '../../workflow/effects-stop.ts';
import type { RunState } from '../../workflow/state.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';

/**
 * Stops agents that work for this run before their next call of a model or a tool, or lets them go on. First of all: what
 * is handed out after a pause must not find it still standing.
 */
export async function stopWork(
  state: RunState,
  effects: readonly Effect[],
  { stops }: Pick<CoordinatorPorts, 'stops'>,
): Promise<void> {
  const at = Math.max(...effects.flatMap((effect) => (effect.type === 'mind_stop' ? [effect.at] : [])));
  if (at > 0) await stops.setRun(state.runId, stopOf(state), at);
}
