import type { Json } from '../../../lambdas/contracts/json.ts';
import type { OwnPlan, TaskPlan, Work } from '../programs/plan.ts';
import { IN_VAIN } from '../programs/work-result.ts';
import type { RunView } from '../view/run-view.ts';
import type { Fate } from './fate.ts';

/** How the tasks of one call ended, by their ids in the program; nothing of what was cut off or never begun. */
export type OwnEnds = (tasks: readonly TaskPlan[], idOf: (task: TaskPlan) => string) => ReadonlyMap<string, Fate>;

/**
 * What became of all that a task delegated, in the order of its calls; undefined when it did not come so far.
 * @param id of the task in its run
 */
export function ownAnswers({ rounds = [] }: Work, id: string, view: RunView, ends: OwnEnds): Json[] | undefined {
  const prefix = view.byId.get(id)?.prefix ?? `${id}..`;
  const keys = [...view.byId.keys()].flatMap((other) => (other.startsWith(prefix) ? [other.slice(prefix.length)] : []));
  const answers: Array<Json | undefined> = rounds.flat().map((own, index) => {
    const place = index + 1;
    const one = keys.find((key) => key.startsWith(`${place}-`) && !key.includes('..'));
    const idOf = ({ id: name }: TaskPlan): string =>
      own.does === 'delegate' ? `${prefix}${place}.${name}` : `${prefix}${one ?? `${place}-`}`;
    return answerOf(own, ends(own.tasks, idOf));
  });
  const known = answers.filter((answer) => answer !== undefined);
  return known.length === answers.length ? known : undefined;
}

function answerOf({ does, tasks }: OwnPlan, ends: ReadonlyMap<string, Fate>): Json | undefined {
  const all: Record<string, Json> = {};
  for (const { id } of tasks) {
    const end = ends.get(id);
    if (!end) return undefined;
    all[id] = end.is === 'completed' ? end.value : end.is === 'skipped' ? null : IN_VAIN;
  }
  return does === 'delegate' ? all : all[tasks[0]?.id ?? ''];
}
