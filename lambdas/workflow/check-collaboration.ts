import type { TaskDefinition } from '../contracts/workflow-definition.ts';
import { fault } from './check-fault.ts';
import type { Names } from './check-names.ts';
import { didYouMean } from './did-you-mean.ts';

/**
 * What a task says about those it depends on fits who they are: the voters of a consensus, the results it may see.
 * @throws DataError `no_participants`, `unknown_participant`, `quorum_too_high`, `unknown_result`
 */
export function checkCollaboration(tasks: readonly TaskDefinition[], names: Names): void {
  for (const [index, task] of tasks.entries()) {
    if (task.consensus) checkConsensus(index, task, names);
    if (!task.sees?.results) continue;
    const dependsOn = new Set(task.dependsOn);
    for (const [position, name] of task.sees.results.entries()) {
      if (dependsOn.has(name)) continue;
      const reason = `task "${task.id}" may see "${name}", but does not depend on it${didYouMean(name, dependsOn)}`;
      throw fault('unknown_result', `tasks.${index}.sees.results.${position}`, reason);
    }
  }
}

function checkConsensus(index: number, task: TaskDefinition, names: Names): void {
  const { id, dependsOn = [], consensus } = task;
  if (dependsOn.length === 0) {
    const reason = `task "${id}" is a vote, but depends on nobody: "dependsOn" names who votes`;
    throw fault('no_participants', `tasks.${index}.dependsOn`, reason);
  }
  // Who votes in a group, or among tasks that the run has already, shows only while it goes on.
  if (!dependsOn.every((name) => names.tasks.has(name))) return;
  const participants = new Set(dependsOn);
  const stranger = Object.keys(consensus?.weights ?? {}).find((name) => !participants.has(name));
  if (stranger !== undefined) {
    const reason = `task "${id}" weighs the vote of "${stranger}", which does not take part${didYouMean(stranger, dependsOn)}`;
    throw fault('unknown_participant', `tasks.${index}.consensus.weights.${stranger}`, reason);
  }
  const { quorum = 0 } = consensus ?? {};
  if (quorum > dependsOn.length) {
    const reason = `task "${id}" needs ${quorum} votes, but only ${dependsOn.length} take part`;
    throw fault('quorum_too_high', `tasks.${index}.consensus.quorum`, reason);
  }
}
