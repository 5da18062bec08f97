import { LIMITS } from '../../contracts/limits.ts';
import type { AgentRegistration } from '../../contracts/registry.ts';
import { retryPolicyOf } from '../../workflow/retry.ts';
import type { RunState, TaskState } from '../../workflow/state.ts';

/**
 * How many tasks one message to this agent carries: 1 as long as it can work on all that the run has for it at once,
 * then as few as keep it busy. Packing never makes a task wait that would have had a worker.
 */
export function tasksPerMessage(state: RunState, agent: AgentRegistration): number {
  if (agent.capacity === undefined) return 1;
  const backlog = (state.inFlight.get(agent.name) ?? 0) + state.ready.length;
  return Math.max(1, Math.min(LIMITS.tasksPerMessage, Math.ceil(backlog / agent.capacity)));
}

/**
 * First attempts travel together. A later one travels alone, as does a task that has only one: should a message be given
 * up on, those that merely shared it must have another attempt (rule 8).
 */
export function mayTravelPacked(task: TaskState, agent: AgentRegistration): boolean {
  return task.attempt === 1 && retryPolicyOf(task.definition, agent.retry).maxAttempts > 1;
}

/** Who of the agents wants to be the only one that can read what it gets. */
export const confidentialTo = (agent: Pick<AgentRegistration, 'confidential'> | undefined) => ({
  confidential: agent?.confidential === true,
});
