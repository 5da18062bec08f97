import { type Budget, type BudgetRef, isBounded } from '../contracts/budget.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import { depthOf } from './own-tasks.ts';
import { type RunState, type TaskState, taskAt } from './state.ts';

/**
 * All that the work of a task counts against, the outermost first: what the run has inherited, its own budget, and of
 * each task from the one that delegated first down to this one, its budget and that of its agent.
 */
export function budgetsOf(state: RunState, task: TaskState, agents: readonly RegisteredAgent[]): BudgetRef[] {
  const depth = depthOf(state, task);
  const inherited = (state.request.budgets ?? []).map((ref) => ({ ...ref, depth: ref.depth + depth }));
  const run = refOf(state.runId, state.definition.budget, beganAt(state), depth);
  const own = lineOf(state, task).flatMap((one) => {
    const { definition, agent, begunAt, since } = one;
    const id = `${state.runId}/${definition.id}`;
    const below = depth - depthOf(state, one);
    const limits = agents.find(({ name }) => name === agent)?.budget;
    const began = begunAt ?? since;
    return [...refOf(id, definition.budget, began, below), ...refOf(`${id}@${agent}`, limits, began, below)];
  });
  return [...inherited, ...run, ...own];
}

/** Why there may be no work one deeper than this, if a budget says so. */
export function tooDeepFor(budgets: readonly BudgetRef[]): string | undefined {
  const over = budgets.find(({ budget, depth }) => budget.depth !== undefined && depth + 1 > budget.depth);
  return over && `the budget ${over.id} allows work ${over.budget.depth} deep; this would be ${over.depth + 1}`;
}

function refOf(id: string, budget: Budget | undefined, since: number, depth: number): BudgetRef[] {
  return budget && isBounded(budget) ? [{ id, budget, since, depth }] : [];
}

/** What delegated the task, what delegated that, …, and the task itself last. */
function lineOf(state: RunState, task: TaskState): TaskState[] {
  const above = task.owner ?? (task.parent === undefined ? undefined : taskAt(state, task.parent).owner);
  return above === undefined ? [task] : [...lineOf(state, taskAt(state, above)), task];
}

/** Pauses do not count, and a run that is opened again has its time anew: as its deadline says. */
function beganAt({ startedAt, deadline, definition }: RunState): number {
  return Math.max(startedAt, deadline - definition.timeoutSeconds * 1_000);
}
