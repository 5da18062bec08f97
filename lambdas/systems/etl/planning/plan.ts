import { Json } from '../../../contracts/json.ts';
import type { TaskDefinition } from '../../../contracts/workflow-definition.ts';

/** What the planner makes of a request. The same request at the same time gives the same plan. */
export interface Plan {
  readonly tasks: readonly TaskDefinition[];
  readonly notes: readonly string[];
}

/** Seconds from dispatch to report: the agents' own limit, and some for the queue. */
const TASK_SECONDS = 420;
const AGENT_OF: Readonly<Record<string, string>> = {
  'etl.extract': 'etl-extractor',
  'etl.transform': 'etl-transformer',
  'etl.validate': 'etl-validator',
  'etl.load': 'etl-loader',
  'etl.summarize': 'etl-orchestrator',
};

/** A task of the plan, without what all of them have in common. */
export function task(
  type: string,
  id: string,
  description: string,
  dependsOn: string[],
  input: TaskDefinition['input'],
): TaskDefinition {
  return { id, type, description, dependsOn, timeoutSeconds: TASK_SECONDS, ...(input !== undefined && { input }) };
}

/** Who takes part in a plan, the planner first. */
export function participantsOf(plan: Plan): string[] {
  const agents = plan.tasks.flatMap(({ type }) => (type === undefined ? [] : (AGENT_OF[type] ?? type)));
  return [...new Set(['etl-orchestrator', ...agents])];
}

/** A value as it travels: what JSON has no word for is left out. */
export function toJson(value: unknown): Json {
  return Json.parse(JSON.parse(JSON.stringify(value)));
}
