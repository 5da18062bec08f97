import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import { change, type Draft } from './draft.ts';
import type { TaskIndex } from './events.ts';
import { voidOwn } from './evolve-own.ts';
import { UNKNOWN_OUTCOME } from './failure-codes.ts';
import { leaveAgent } from './graph.ts';
import { forgetGates } from './permits.ts';
import { type TaskState, taskAt } from './state.ts';

/**
 * The task as it was before its first attempt. Attempt numbers go on, and the earlier ones are void: late reports of
 * them are told apart.
 */
export function anew(task: TaskState, definition: TaskDefinition, at: number): TaskState {
  const { attempt, rank, agent, holders, parent, item, position, children, undoOf, unsure, doubt, gates, permits } =
    task;
  const { owner, epoch = 1, usage } = task;
  return {
    ...{ definition, status: 'waiting', since: at, attempt, waitingFor: 0, rank },
    ...(attempt > 0 && { forgiven: attempt, voided: attempt, epoch: epoch + 1 }),
    ...(owner !== undefined && { owner }),
    ...(usage && { usage }),
    ...(agent !== undefined && { agent }),
    ...(holders && { holders }),
    ...(parent !== undefined && { parent }),
    ...(item !== undefined && { item }),
    ...(position !== undefined && { position }),
    ...(children && { children }),
    ...(undoOf !== undefined && { undoOf }),
    ...(unsure && { unsure }),
    ...((doubt || isUnknown(task)) && { doubt: true as const }),
    // What it has taken by now it still needs.
    ...(gates && permits !== undefined && permits > 0 && { gates, permits }),
  };
}

/** A task of an open run begins anew under this definition: at once if it had begun, else in its turn. */
export function beginAnew(draft: Draft, index: TaskIndex, definition: TaskDefinition, at: number): void {
  forgetGates(draft, index, at);
  voidOwn(draft, index, at);
  const task = taskAt(draft, index);
  const { status, on, attempt, voided = 0 } = task;
  const unbegun = status === 'waiting' || (status === 'ready' && attempt === voided) || on?.for === 'permit';
  if (unbegun) {
    redefine(draft, index, definition);
    return;
  }
  leaveAgent(draft, task);
  draft.tasks[index] = { ...anew(task, definition, at), status: 'ready' };
  if (status !== 'ready') draft.ready.push(index);
}

/** It waits for somebody to say what became of its work: that is asked again, under the new question's own id. */
function isUnknown({ on }: TaskState): boolean {
  return on?.for === 'decision' && on.error?.code === UNKNOWN_OUTCOME;
}

/** Another definition, nothing else. */
export function redefine(draft: Draft, index: TaskIndex, definition: TaskDefinition): void {
  change(draft, index, { definition });
}
