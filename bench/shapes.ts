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

/** Layers of four tasks, each depending on two of the layer before: an everyday workflow. */
export function layered(size: number, type = 'work'): WorkflowDefinition {
  const WIDTH = 4;
  return workflowOf(
    `bench.layered-${size}`,
    Array.from({ length: size }, (_, index) => {
      const before = index - WIDTH;
      const beside = before - (index % WIDTH) + ((index + 1) % WIDTH);
      return { id: `t${index}`, type, ...(before >= 0 && { dependsOn: [`t${before}`, `t${beside}`] }) };
    }),
  );
}

function workflowOf(name: string, tasks: TaskDefinition[]): WorkflowDefinition {
  return WorkflowDefinition.parse({ name, tasks, events: 'workflow', lifecycle: 'queue' });
}
