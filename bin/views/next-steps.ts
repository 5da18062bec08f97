import type { Json } from '../../lambdas/contracts/json.ts';
import { openDecisions } from '../../lambdas/views/open-decisions.ts';
import { hasEnded, type RunView, type TaskView } from '../../lambdas/views/run-view.ts';

/** Longer inputs are not for a command line. */
const WIDEST = 400;

/**
 * The commands that a run's state suggests, the most likely first: what failed is mended, what asks is answered.
 * @param seen whether "why" has been shown already
 */
export function nextSteps(view: RunView, runId: string, seen = false): string[] {
  const short = runId.slice(0, 12);
  const why = seen ? [] : [`muster status ${short} --why`];
  if (view.status === 'completed') return [`muster result ${short}`];
  if (view.status === 'requested') return [`muster logs ${short}`];
  if (hasEnded(view)) {
    if (view.undone || view.tasks.length === 0) return [`muster fork ${short}`, ...why];
    return [...why, `muster resume ${short}${changeOf(view)}`, `muster replay ${short} --entries`];
  }
  const [question] = openDecisions(view);
  const answer = question ? [`muster decide ${short} ${question.task} ${question.options.join('|')}`] : [];
  if (view.paused) {
    const task = view.tasks.find(({ id }) => id === question?.task);
    const change = question?.error && task ? taskInput(task) : '';
    return [...answer, `muster resume ${short}${change}`, ...why];
  }
  return [...answer, `muster watch ${short}`];
}

/** What is likely to be changed: the input of the task that refused it. Other failures may be over by now. */
function changeOf({ tasks, failedTask, error }: RunView): string {
  const task = tasks.find(({ id }) => id === failedTask);
  return task && error?.class === 'data' ? taskInput(task) : '';
}

function taskInput({ id, input }: TaskView): string {
  return ` --task-input ${id}=${input === undefined ? 'JSON' : argument(input, id)}`;
}

/** As a shell takes it; what is too long is better edited in a file. */
function argument(input: Json, id: string): string {
  const text = JSON.stringify(input);
  return text.length > WIDEST ? `@${id}.json` : `'${text.replaceAll("'", "'\\''")}'`;
}
