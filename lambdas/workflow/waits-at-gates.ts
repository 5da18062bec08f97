import { demandOf, waitsSince } from './flow-state.ts';
import { isAdmitted, type RunState } from './state.ts';

/** What waits at a gate for so long asks once more, should the answer have been lost. */
export const REMIND_MS = 3_600_000;

/** The run itself or a task of it waits at a gate. */
export function someWait(state: RunState): boolean {
  return !isAdmitted(state) || [...state.flows.values()].some((flow) => demandOf(flow) > 0);
}

/** Flows that are asked once more at `now`. */
export function longWaits(state: RunState, now: number): string[] {
  return [...state.flows].flatMap(([id, flow]) => {
    const since = waitsSince(flow);
    return demandOf(flow) > 0 && since !== undefined && now - since >= REMIND_MS ? [id] : [];
  });
}
