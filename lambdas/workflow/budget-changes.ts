import type { Budget, BudgetChange } from '../contracts/budget.ts';
import { canonicalJson } from '../contracts/canonical-json.ts';
import { asJson } from '../contracts/json.ts';
import type { WorkflowDefinition } from '../contracts/workflow-definition.ts';
import { type RunState, taskAt } from './state.ts';

/** What a new definition bounds otherwise: the accounts have begun with the limits of the old one. */
export function budgetChanges(state: RunState, next: WorkflowDefinition): BudgetChange[] {
  const budgets = new Map(next.tasks.map(({ id, budget }) => [id, budget]));
  const ofTasks = state.tasks.flatMap((task) => {
    const { id, budget } = task.definition;
    if (task.status === 'completed') return [];
    const defined = task.parent === undefined ? id : taskAt(state, task.parent).definition.id;
    return changeOf(`${state.runId}/${id}`, budget, budgets.get(defined));
  });
  return [...changeOf(state.runId, state.definition.budget, next.budget), ...ofTasks];
}

function changeOf(id: string, was: Budget | undefined, now: Budget | undefined): BudgetChange[] {
  if (!was || !now || canonicalJson(asJson(was)) === canonicalJson(asJson(now))) return [];
  return [{ id, was, now }];
}
