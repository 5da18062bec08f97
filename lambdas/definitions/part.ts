import type * as z from 'zod';
import type { Json } from '../contracts/json.ts';
import type { TaskGroup } from '../contracts/task-kinds.ts';
import { type TaskDefinition, WorkflowDefinition } from '../contracts/workflow-definition.ts';

/** Tasks that belong together, with the groups they use: what a ready-made pattern makes, and a builder includes. */
export interface Part<Name extends string = string> {
  readonly tasks: readonly TaskDefinition[];
  readonly groups?: Readonly<Record<string, TaskGroup>>;
  /** Tasks and groups that others may come after. */
  readonly names: readonly Name[];
}

/** What one member of a pattern does; the pattern itself says what it depends on. `sees` says what it may see. */
export type Member<Id extends string = string> = Omit<TaskDefinition, 'id' | 'dependsOn' | 'group' | 'forEach'> & {
  readonly id: Id;
};

/** The task of a member; `input` is for an agent or a sub-workflow that is told nothing else. */
export function taskOf(member: Member, after: readonly string[], input?: Json): TaskDefinition {
  const takesInput = member.type !== undefined || member.workflow !== undefined;
  return {
    ...member,
    ...(takesInput && member.input === undefined && input !== undefined && { input }),
    ...(after.length > 0 && { dependsOn: [...after] }),
  };
}

/** A definition that consists of these parts. @throws z.ZodError when a name or number is none that one may have */
export function definitionOf(
  head: Omit<z.input<typeof WorkflowDefinition>, 'tasks' | 'groups'>,
  ...parts: readonly Part[]
): WorkflowDefinition {
  const groups = Object.assign({}, ...parts.map((part) => part.groups ?? {}));
  const tasks = parts.flatMap((part) => part.tasks);
  return WorkflowDefinition.parse({ ...head, tasks, ...(Object.keys(groups).length > 0 && { groups }) });
}
