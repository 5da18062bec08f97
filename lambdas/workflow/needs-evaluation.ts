import { hasExpressions } from './expressions.ts';
import { wantsGates } from './permits.ts';
import type { TaskState } from './state.ts';

/** It has not been tried yet, or not since it began anew: its condition has not been looked at. */
export function isFirstAttempt({ attempt, voided = 0 }: Pick<TaskState, 'attempt' | 'voided'>): boolean {
  return attempt === voided;
}

/**
 * True when something must be computed or looked up before the task can begin: conditions, items, expressions, values,
 * votes, which version a sub-workflow is. Its condition and its items are looked at once, before the first attempt.
 */
export function needsEvaluation(task: TaskState): boolean {
  const { definition, fallback, children, parent, undoOf, gates } = task;
  const { when, forEach, workflow, waitFor, ask, value, consensus, input, near } = definition;
  if (fallback !== undefined) {
    const { type, input: instead } = definition.fallback ?? {};
    return type === undefined || hasExpressions(instead ?? input ?? null);
  }
  if (wantsGates(task)) return true;
  if (when !== undefined && gates === undefined && isFirstAttempt(task) && parent === undefined && undoOf === undefined)
    return true;
  if (forEach && children === undefined) return true;
  if (workflow || value !== undefined || consensus) return true;
  if (waitFor) return waitFor.key !== undefined && hasExpressions(waitFor.key);
  if (ask) return ask.shows !== undefined || hasExpressions(ask.question);
  return hasExpressions(input ?? null) || (near !== undefined && hasExpressions(near));
}
