import type { TaskUpdate } from '../../../lambdas/contracts/messages.ts';
import type { Usage } from '../../../lambdas/contracts/usage.ts';
import type { TaskDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { effectsOf } from '../../../lambdas/workflow/effects.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import { answersOf } from '../../../lambdas/workflow/own-tasks.ts';
import { type PlayerOptions, player } from '../../support/engine-player.ts';
import { NOW, registeredAgent, report, task, workflow } from '../../support/factories.ts';

export const AGENTS = [registeredAgent(), registeredAgent({ name: 'helper', capabilities: capable('help', 'undo') })];

export function capable(...types: string[]) {
  return Object.fromEntries(types.map((type) => [type, { description: type, input_types: [], output_types: [] }]));
}

type Own = Partial<TaskDefinition> & { readonly id: string };

/** What an agent reports of an attempt that waits for these. */
export function delegated(id: string, attempt: number, tasks: readonly Own[], usage?: Usage): TaskUpdate {
  return {
    ...{ status: 'delegated', task_id: id, attempt, tasks: [...tasks], duration_ms: 5 },
    ...(usage && { usage }),
  };
}

/** A run whose tasks delegate. */
export function delegating(
  tasks: readonly TaskDefinition[] = [task('a'), task('b', { dependsOn: ['a'] })],
  overrides: Parameters<typeof workflow>[1] = {},
  options: PlayerOptions = {},
) {
  const run = player(workflow(tasks, overrides), { agents: AGENTS, ...options });
  return {
    ...run,
    get state() {
      return run.state;
    },
    delegate: (id: string, ...own: Own[]): RunEvent[] => {
      const { attempt, agent } = run.task(id);
      return run.turn([report([delegated(id, attempt, own)], agent)]);
    },
    answers: (id: string) => answersOf(run.state, run.task(id)),
    effects: (events: RunEvent[]) =>
      effectsOf(run.state, { seq: 1, turnId: 't', at: NOW, confirmed: 0, events }, AGENTS),
  };
}

/** A task that another agent does. */
export const help = (id: string, more: Partial<TaskDefinition> = {}): Own => ({ id, type: 'help', ...more });
