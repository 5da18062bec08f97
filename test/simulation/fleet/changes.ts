import type { RunEdit } from '../../../lambdas/contracts/control.ts';
import type { InProcessWorld } from '../../../lambdas/testing/in-process-world.ts';
import type { Edited } from '../plan-history.ts';
import { definitionOf } from '../programs/compile.ts';
import type { Program } from '../programs/plan.ts';

/** A change to a run that does not make its work another. */
export async function harmless(
  edit: Edited | undefined,
  program: Program,
  world: InProcessWorld,
): Promise<RunEdit | undefined> {
  switch (edit) {
    case undefined:
      return undefined;
    case 'input':
      return { input: program.input };
    case 'version':
      return nextVersion(program, world);
    case 'tasks': {
      const tasks = editable(program);
      const named = tasks.slice(-Math.ceil(tasks.length / 2));
      if (named.length === 0) return undefined;
      return { tasks: Object.fromEntries(named.map(({ id, input = {} }) => [id, { input, timeoutSeconds: 290 }])) };
    }
  }
}

/** Only the words about its tasks are others. */
export async function nextVersion(program: Program, world: InProcessWorld): Promise<RunEdit> {
  const definition = definitionOf(program);
  const tasks = definition.tasks.map((task) => ({ ...task, description: 'of another version' }));
  await world.registry.registerDefinition({ ...definition, tasks, version: 2 });
  return { version: 2 };
}

/** What agents do, one task at a time. */
export const editable = (program: Program) =>
  definitionOf(program).tasks.filter(({ type, forEach }) => type !== undefined && !forEach);
