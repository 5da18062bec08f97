import type { TaskDefinition } from '../contracts/workflow-definition.ts';

/** Every task type that these tasks may ask agents for: their own, their fallbacks', their undos'. */
export function* taskTypesOf(tasks: readonly TaskDefinition[]): Generator<string> {
  for (const { type, fallback, undo } of tasks) {
    if (type !== undefined) yield type;
    if (fallback?.type !== undefined) yield fallback.type;
    if (undo) yield undo.type;
  }
}

/** The work that a task asks an agent for now: its own, or its fallback's. */
export function workOf(task: { readonly definition: TaskDefinition; readonly fallback?: unknown }): {
  readonly type: string | undefined;
  readonly agent: string | undefined;
} {
  const { type, agent, fallback } = task.definition;
  return task.fallback !== undefined && fallback ? { type: fallback.type, agent: undefined } : { type, agent };
}
