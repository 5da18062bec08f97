import type { RegisteredAgent } from '../contracts/registry.ts';
import type { TaskDefinition } from '../contracts/workflow-definition.ts';

export interface Choice {
  readonly agent: RegisteredAgent;
  /** For the journal: why this one. */
  readonly why: string;
}

/** Agents by what they can do; made once per turn. */
export function capabilityIndex(agents: readonly RegisteredAgent[]): ReadonlyMap<string, readonly RegisteredAgent[]> {
  const index = new Map<string, RegisteredAgent[]>();
  for (const agent of agents) {
    for (const type of Object.keys(agent.capabilities)) {
      const list = index.get(type);
      if (list) list.push(agent);
      else index.set(type, [agent]);
    }
  }
  return index;
}

/**
 * Capability match, then the least loaded: messages waiting in its inbox when last measured, plus what this run has
 * with it now. Ties go to the first by name, so the choice is a function of its inputs.
 */
export function selectAgent(
  task: TaskDefinition,
  capable: readonly RegisteredAgent[],
  inFlight: ReadonlyMap<string, number>,
): Choice | undefined {
  const candidates = task.agent === undefined ? capable : capable.filter((agent) => agent.name === task.agent);
  const [first, ...others] = candidates;
  if (!first) return undefined;
  if (others.length === 0) {
    return { agent: first, why: task.agent === undefined ? `only agent for ${task.type}` : `named by the definition` };
  }
  const loadOf = (agent: RegisteredAgent): number => (agent.load?.queue_depth ?? 0) + (inFlight.get(agent.name) ?? 0);
  const best = others.reduce((lead, agent) => {
    const difference = loadOf(agent) - loadOf(lead);
    return difference < 0 || (difference === 0 && agent.name < lead.name) ? agent : lead;
  }, first);
  return { agent: best, why: `least loaded of ${candidates.length}` };
}
