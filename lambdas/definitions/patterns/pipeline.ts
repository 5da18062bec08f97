import type { TaskDefinition } from '../../contracts/workflow-definition.ts';
import { pathsFrom } from '../expression.ts';
import { type Member, type Part, taskOf } from '../part.ts';

/** One after the other, each with what the one before it answered; the first with the run's input. */
export function pipeline<const Id extends string>(
  stages: readonly Member<Id>[],
  after: readonly string[] = [],
): Part<Id> {
  const result = pathsFrom('$results');
  const tasks = stages.map((stage, index): TaskDefinition => {
    const before = stages[index - 1];
    if (before === undefined) return taskOf(stage, after, '{% $input %}');
    return taskOf(stage, [before.id], result(before.id).toJSON());
  });
  return { tasks, names: stages.map(({ id }) => id) };
}
