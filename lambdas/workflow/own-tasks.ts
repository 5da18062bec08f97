import type { UpstreamValue } from '../contracts/blob.ts';
import type { ErrorReport } from '../contracts/errors.ts';
import { prefixOf } from './own-names.ts';
import { resultOf } from './results.ts';
import { type RunState, type TaskState, taskAt } from './state.ts';

/** What became of a task that another has delegated. */
export type OwnAnswer = { readonly result: UpstreamValue } | { readonly error: ErrorReport };

/** What became of the tasks that a task has delegated since it last began anew, by their keys; what is open is not in it. */
export function answersOf(state: RunState, { definition, own = [], epoch }: TaskState): Record<string, OwnAnswer> {
  const prefix = prefixOf(definition.id, epoch);
  const answers = own.flatMap((index) => {
    const answer = answerOf(state, index);
    return answer ? [[taskAt(state, index).definition.id.slice(prefix.length), answer] as const] : [];
  });
  return Object.fromEntries(answers);
}

/** So deep the task is among the tasks of tasks: 0 where the definition, or who added it, has it. */
export function depthOf(state: Pick<RunState, 'runId' | 'tasks'>, { owner, parent }: TaskState): number {
  if (owner !== undefined) return depthOf(state, taskAt(state, owner)) + 1;
  return parent === undefined ? 0 : depthOf(state, taskAt(state, parent));
}

/** It takes something back, or belongs to what does. */
export function isUndoing(state: Pick<RunState, 'runId' | 'tasks'>, { undoOf, owner, parent }: TaskState): boolean {
  if (undoOf !== undefined) return true;
  const above = owner ?? parent;
  return above !== undefined && isUndoing(state, taskAt(state, above));
}

function answerOf(state: RunState, index: number): OwnAnswer | undefined {
  const { status, error } = taskAt(state, index);
  switch (status) {
    case 'completed':
      return { result: resultOf(state, index) ?? { value: null } };
    case 'skipped':
      return { result: { value: null } };
    case 'failed':
      return { error: error ?? NEVER_SAID };
    case 'cancelled':
      return { error: { code: 'cancelled', class: 'non_recoverable', message: 'the task was cancelled' } };
    default:
      return undefined;
  }
}

const NEVER_SAID: ErrorReport = { code: 'failed', class: 'non_recoverable', message: 'the task failed' };
