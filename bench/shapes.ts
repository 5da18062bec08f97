import { type TaskDefinition, WorkflowDefinition } from '../lambdas/contracts/workflow-definition.ts';

/** A chain of `length` tasks, each depending on the one before. */
export function chain(length: number, type = 'work'): WorkflowDefinition {
  return workflowOf(
    `bench.chain-${length}`,
    Array.from({ length }, (_, index) => ({
      id: `t${index}`,
      type,
      ...(index > 0 && { dependsOn: [`t${index - 1}`] }),
    })),
  );
}

/** One task, then `width` at once, then one that joins them. */
export function fanOut(width: number, type = 'work'): WorkflowDefinition {
  const leaves = Array.from({ length: width }, (_, index) => `t${index}`);
  return workflowOf(`bench.fanout-${width}`, [
    { id: 'root', type },
    ...leaves.map((id) => ({ id, type, dependsOn: ['root'] })),
    { id: 'join', type, dependsOn: leaves },
  ]);
}

function workflowOf(name: string, tasks: TaskDefinition[]): WorkflowDefinition {
  return WorkflowDefinition.parse({ name, tasks, events: 'workflow', lifecycle: 'queue' });
}
