import type { ErrorReport } from '../contracts/errors.ts';
import type { TaskIndex } from './events.ts';
import { taskAt } from './evolve.ts';
import { backoffMs, isRetryable, retryPolicyOf } from './retry.ts';
import { hasEnded } from './state.ts';
import type { Turn } from './turn.ts';

/** Journals a failed attempt, and either the next attempt or the end of the task. */
export function recordFailure(turn: Turn, index: TaskIndex, error: ErrorReport): void {
  const { draft, emit, context } = turn;
  const task = taskAt(draft, index);
  const policy = retryPolicyOf(task.definition, context.agents.find((agent) => agent.name === task.agent)?.retry);
  const willRetry = isRetryable(error) && task.attempt < policy.maxAttempts;
  emit({ type: 'attempt_failed', task: index, attempt: task.attempt, agent: task.agent ?? '', error, willRetry });
  if (willRetry) {
    const at = context.now + backoffMs(policy, task.attempt, context.random());
    emit({ type: 'retry_scheduled', task: index, attempt: task.attempt + 1, at });
  } else {
    failTask(turn, index, error);
  }
}

/** Ends a task for good; the run can't complete without it. */
export function failTask({ draft, emit }: Turn, index: TaskIndex, error: ErrorReport): void {
  emit({ type: 'task_failed', task: index, error });
  if (!hasEnded(draft)) emit({ type: 'run_failed', task: index, error });
}
