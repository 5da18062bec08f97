import type { TaskIndex } from './events.ts';
import { rangeOf } from './graph.ts';
import { type RunState, taskAt } from './state.ts';

/** These tasks with all that end when they do: what they have delegated, and the tasks of a forEach. */
export function withTheirs(state: RunState, indices: readonly TaskIndex[]): TaskIndex[] {
  return indices.flatMap((index) => {
    const { own = [], children } = taskAt(state, index);
    const theirs = children ? [...own, ...rangeOf(children)] : own;
    return theirs.length === 0 ? [index] : [index, ...withTheirs(state, theirs)];
  });
}

/** Sub-workflows that nobody waits for any more, since whoever had delegated them is over: their run ids. */
export function runsLeft(state: RunState, over: readonly TaskIndex[]): string[] {
  return withTheirs(state, over).flatMap((index) => {
    const { status, on } = taskAt(state, index);
    return status === 'cancelled' && on?.for === 'run' ? [on.runId] : [];
  });
}
