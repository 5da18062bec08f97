import type { TaskDefinition } from '../contracts/workflow-definition.ts';

/** Thrown when all that a handler does waits for these tasks: the attempt ends, and the next one finds their answers. */
export class Delegated extends Error {
  override readonly name = 'Delegated';
  readonly tasks: readonly TaskDefinition[];

  constructor(tasks: readonly TaskDefinition[]) {
    super(`waits for ${tasks.map(({ id }) => id).join(', ')}`);
    this.tasks = tasks;
  }
}
