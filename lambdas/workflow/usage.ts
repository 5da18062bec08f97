import type { ResultValue } from '../contracts/blob.ts';
import { sumOf, type Usage } from '../contracts/usage.ts';
import { change, type Draft } from './draft.ts';
import type { RunEvent, TaskIndex } from './events.ts';
import { taskAt } from './state.ts';

type Completion = Extract<RunEvent, { type: 'tasks_completed' }>['done'][number];

/** A task's line in `tasks_completed`. */
export function doneOf(
  index: TaskIndex,
  done: {
    readonly attempt: number;
    readonly duration_ms: number;
    readonly result: ResultValue;
    readonly usage?: Usage | undefined;
  },
): Completion {
  const { attempt, duration_ms: duration, result, usage } = done;
  return usage ? [index, attempt, duration, result, usage] : [index, attempt, duration, result];
}

/** Adds what an attempt has used to its task and to the run. */
export function withUsage(draft: Draft, index: TaskIndex, usage: Usage | undefined): void {
  if (!usage) return;
  const before = taskAt(draft, index).usage;
  change(draft, index, { usage: before ? sumOf(before, usage) : usage });
  draft.usage = draft.usage ? sumOf(draft.usage, usage) : usage;
}
