import { sumOf, type Usage } from '../../lambdas/contracts/usage.ts';
import type { RunView, TaskView } from '../../lambdas/views/run-view.ts';

/** A task in a list, and how far it stands to the right: below the one that it belongs to. */
export interface Row {
  readonly task: TaskView;
  readonly indent: number;
  /** What it has used, with all that is not listed below it; undefined when nothing has used anything. */
  readonly usage?: Usage;
}

const OVER: ReadonlyArray<TaskView['status']> = ['completed', 'failed', 'skipped', 'cancelled'];

/**
 * Tasks with what they have delegated below them, and on request those of a forEach.
 * @param all also what was delegated and is over
 */
export function rowsOf({ tasks }: RunView, options: { items: boolean; all: boolean }): Row[] {
  const items = Map.groupBy(tasks, ({ parent }) => parent);
  const owned = Map.groupBy(tasks, ({ owner }) => owner);
  const below = (task: TaskView, indent: number): Row[] => {
    const theirs = owned.get(task.id) ?? [];
    const own = theirs.filter((one) => options.all || !OVER.includes(one.status));
    const each = items.get(task.id) ?? [];
    // An item that waits for somebody is seen, whatever becomes of the others.
    const seen = options.items
      ? each
      : each.filter(({ id }) => owned.get(id)?.some(({ status }) => !OVER.includes(status)));
    const listed = new Set([...seen, ...own]);
    const hidden = [...each, ...theirs].filter((one) => !listed.has(one));
    const usage = totalOf([task.usage, ...hidden.map(whole)]);
    const row = { task, indent, ...(usage && { usage }) };
    return [row, ...[...listed].flatMap((one) => below(one, indent + 1))];
  };
  const whole = (task: TaskView): Usage | undefined =>
    totalOf([task.usage, ...[...(items.get(task.id) ?? []), ...(owned.get(task.id) ?? [])].map(whole)]);
  return tasks.flatMap((task) => (task.parent === undefined && task.owner === undefined ? below(task, 0) : []));
}

function totalOf(usages: ReadonlyArray<Usage | undefined>): Usage | undefined {
  return usages.reduce((sum, one) => (sum && one ? sumOf(sum, one) : (one ?? sum)), undefined);
}

/** How a task that was delegated is called below its owner. */
export function nameBelow({ id, owner }: TaskView): string {
  return owner === undefined ? id : `..${id.slice(owner.length + 2)}`;
}
