import type { PlayedRun } from '../played.ts';
import { hasEnded, type RunView, type TaskView } from '../view/run-view.ts';

/** Word of it takes a moment. */
const MOMENT_MS = 2_000;

/** A run inside a run begins nothing more once nobody waits for it. */
export function checkLeftAlone(runs: readonly PlayedRun[]): string[] {
  const byId = new Map(runs.map((run) => [run.view.runId, run]));
  return runs.flatMap(({ program, view, observed }) =>
    view.tasks.flatMap((task) => {
      const since = task.definition.workflow === undefined ? undefined : givenUpAt(view, task);
      if (since === undefined) return [];
      return observed.childrenOf(task.id).flatMap(({ runId }) => {
        const late = lastBegunAt(byId.get(runId)) - since;
        return late > MOMENT_MS
          ? [`Q: ${program.name}: the run that ${task.id} asked for goes on ${late} ms after nobody waits for it`]
          : [];
      });
    }),
  );
}

function givenUpAt(view: RunView, { status, cancelledAt }: TaskView): number | undefined {
  if (status === 'cancelled') return cancelledAt;
  return status === 'suspended' && hasEnded(view) ? view.endedAt : undefined;
}

/** What takes back its work is wanted all the same. */
function lastBegunAt(run: PlayedRun | undefined): number {
  let last = 0;
  for (const { at, events } of run?.entries ?? []) {
    if (events.some(({ type }) => type === 'compensation_begun')) break;
    if (events.some(({ type }) => type === 'tasks_dispatched')) last = at;
  }
  return last;
}
