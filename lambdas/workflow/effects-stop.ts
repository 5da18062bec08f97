import type { Stop } from '../contracts/control.ts';
import type { RunEvent } from './events.ts';
import type { RunState } from './state.ts';

/** Events after which agents that work for the run are stopped, or let go on. */
const TURNING_POINTS: ReadonlySet<RunEvent['type']> = new Set([
  ...(['run_paused', 'run_resumed', 'run_reopened'] as const),
  ...(['compensation_begun', 'run_failed', 'run_cancelled'] as const),
]);
export const changesStop = ({ type }: RunEvent): boolean => TURNING_POINTS.has(type);

/** What keeps agents that work for this run from going on; undefined when nothing does. */
export function stopOf(state: RunState): Stop | undefined {
  const { phase, paused } = state;
  if (paused) return { by: paused.by ?? 'coordinator', reason: paused.reason.slice(0, 1_000) };
  if (phase !== 'compensating' && phase !== 'failed' && phase !== 'cancelled') return undefined;
  return { by: 'coordinator', reason: endOf(state).slice(0, 1_000), ended: true };
}

function endOf({ ending, error, cancelReason }: RunState): string {
  if (ending && 'failed' in ending) return ending.failed.message;
  return ending?.cancelled || error?.message || cancelReason || 'the run was cancelled';
}
