import { hasExpressions } from './expressions.ts';
import type { TaskState } from './state.ts';

/**
 * True when something must be computed or looked up before the task can begin: conditions, items, expressions, values,
 * votes, which version a sub-workflow is. Its condition and its items are looked at once, before the first attempt.
 */
export function needsEvaluation({ definition, attempt, fallback, children, parent, undoOf }: TaskState): boolean {
  const { when, forEach, workflow, waitFor, ask, value, consensus, input, near } = definition;
  if (fallback !== undefined) {
    const { type, input: instead } = definition.fallback ?? {};
    return type === undefined || hasExpressions(instead ?? input ?? null);
  }
  if (when !== undefined && attempt === 0 && parent === undefined && undoOf === undefined) return true;
  if (forEach && children === undefined) return true;
  if (workflow || value !== undefined || consensus) return true;
  if (waitFor) return waitFor.key !== undefined && hasExpressions(waitFor.key);
  if (ask) return hasExpressions(ask.question);
  return hasExpressions(input ?? null) || (near !== undefined && hasExpressions(near));
}
