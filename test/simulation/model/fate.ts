import type { Json } from '../../../lambdas/contracts/json.ts';
import type { RunView, TaskView } from '../view/run-view.ts';

/** How a task may end. */
export type Fate =
  | { readonly is: 'completed'; readonly value: Json }
  | { readonly is: 'skipped' }
  | { readonly is: 'failed'; readonly tolerated: boolean };

export const completed = (value: Json): Fate => ({ is: 'completed', value });
export const SKIPPED: Fate = { is: 'skipped' };
export const TOLERATED: Fate = { is: 'failed', tolerated: true };
export const FATAL: Fate = { is: 'failed', tolerated: false };

/** What can be seen of a run that is over. */
export interface Observed {
  readonly view: RunView;
  /** A task's result, opened. */
  resultOf(task: TaskView): Json;
  /** The runs that a task's sub-workflow was, whose own ends are checked apart. */
  childrenOf(taskId: string): readonly RunView[];
  /** What a run answered: its results by task. */
  outputOf(run: RunView): Json;
}

/** True when the task ended so. */
export function matches(fate: Fate, seen: TaskView, { resultOf }: Observed): boolean {
  if (fate.is !== seen.status) return false;
  if (fate.is === 'failed') return fate.tolerated === seen.tolerated;
  return fate.is !== 'completed' || canonical(fate.value) === canonical(resultOf(seen));
}

/** In words, for a report. */
export function told(fate: Fate): string {
  if (fate.is === 'completed') return `completed with ${short(fate.value)}`;
  return fate.is === 'failed' ? `failed (${fate.tolerated ? 'tolerated' : 'for good'})` : 'been skipped';
}

/** How the task did end, in words. */
export function toldOf(seen: TaskView, { resultOf }: Observed): string {
  if (seen.status === 'completed') return `completed with ${short(resultOf(seen))}`;
  return seen.status === 'failed' ? `failed (${seen.error?.code}, tolerated: ${seen.tolerated})` : seen.status;
}

/** JSON whose text does not depend on the order of keys. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function short(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
