import type { RunEdit } from '../contracts/control.ts';
import type { WorkflowDefinition } from '../contracts/workflow-definition.ts';
import { budgetChanges } from './budget-changes.ts';
import { checkEdit } from './check-edit.ts';
import { contractsOf } from './select.ts';
import { taskTypesOf } from './task-types.ts';
import type { Turn } from './turn.ts';

/** A person's changes, and who wants them why. */
export interface EditRequest {
  readonly requestId: string;
  readonly by: string;
  readonly reason: string;
  readonly edit: RunEdit;
  /** Of the version that the edit names. */
  readonly definition?: WorkflowDefinition;
}

/**
 * Changes an open run: each task that is named, or that the new definition has otherwise, begins anew. All of it or, on
 * the first fault, nothing.
 * @throws DataError as {@link checkEdit}
 */
export function applyEdit(turn: Turn, request: EditRequest): void {
  checkEdit(turn.draft, request.edit, request.definition, turn.context.agents);
  emitEdit(turn, request);
}

/** The same for an edit that was checked already. */
export function emitEdit(
  { draft, emit, context }: Turn,
  { requestId, by, reason, edit, definition }: EditRequest,
): void {
  const contracts = definition && contractsOf(taskTypesOf(definition.tasks), context.agents);
  const budgets = definition ? budgetChanges(draft, definition) : [];
  emit({
    ...{ type: 'run_edited', requestId, by, reason, edit: { value: edit } },
    ...(definition && { definition: { value: definition } }),
    ...(contracts && { contracts }),
    ...(budgets.length > 0 && { budgets }),
  });
}
