import { DataError } from '../contracts/errors.ts';
import type { RegisteredAgent } from '../contracts/registry.ts';
import type { WorkflowDefinition } from '../contracts/workflow-definition.ts';
import { checkTaskTypes } from './definition.ts';

/** @throws DataError when a task is of a type that no agent can do, or wants an agent that can't */
export function checkAgents(definition: WorkflowDefinition, agents: readonly RegisteredAgent[]): void {
  const types = agents.flatMap((agent) => Object.keys(agent.capabilities));
  const byName = new Map(agents.map((agent) => [agent.name, agent]));
  try {
    checkTaskTypes(definition, types);
  } catch (error) {
    throw inRequest(error);
  }
  for (const [index, task] of definition.tasks.entries()) {
    for (const [place, work] of [['', task] as const, ['undo.', task.undo] as const]) {
      const { type, agent } = work ?? {};
      if (type === undefined || agent === undefined || canDo(byName.get(agent), type)) continue;
      const can = agents.filter((other) => canDo(other, type)).map(({ name }) => name);
      const reason = `task "${task.id}" wants agent "${agent}", which can't do "${type}"; ${can.join(', ')} can`;
      throw new DataError('unknown_agent', reason, { field: `definition.tasks.${index}.${place}agent` });
    }
  }
}

function canDo(agent: RegisteredAgent | undefined, type: string): boolean {
  return agent !== undefined && Object.hasOwn(agent.capabilities, type);
}

/** Faults of a definition point into the definition; in a request that lies under `definition`. */
export function inRequest(error: unknown): unknown {
  if (!(error instanceof DataError)) return error;
  const inner = error.details?.field;
  const field = inner === undefined || inner === '' ? 'definition' : `definition.${String(inner)}`;
  return new DataError(error.code, error.message, { ...error.details, field });
}
